import type { Stack } from "@/hanging/plan";
import type { Registrations } from "@/images/registration";
import { greyFor, kindOf, sameValues } from "@/viewports/frameGrey";
import type { GreyState } from "@/viewports/grey";
import { linkOf, type Found, type Held, type Link, type LinkKind } from "@/viewports/link";
import { sameLook, type Look, type Whole } from "@/viewports/look";
import type { StackView } from "@/viewports/StackView";

/** What goes with what: the viewport that the reader moves leads, the others follow as far as they are linked. */

/** `place`: only where the place is known; `all`: the others too, from where the reader laid them beside each other. */
export type ScrollLink = "off" | "place" | "all";

export interface Links {
  readonly scroll: ScrollLink;
  readonly window: boolean;
  readonly zoom: boolean;
}

/** What moves together until the reader says otherwise. */
export const FIRST_LINKS: Links = { scroll: "place", window: false, zoom: false };

/** What of a viewport takes part. */
export type Followed = Pick<StackView, "scrollTo" | "setGrey" | "lookAs" | "wholeScale" | "canvas" | "placement"> & {
  readonly state: Pick<StackView["state"], "stack" | "index" | "frame" | "frameView" | "drawn" | "ownGrey" | "ownLook">;
};

/** How a viewport stands to the active one. */
export interface Follower {
  readonly kind: LinkKind;
  readonly beyond: number;
}

const SUREST_FIRST: readonly LinkKind[] = ["place", "registered", "offset", "number"];

interface Known {
  readonly index: number;
  readonly kind: ReturnType<typeof kindOf>;
  readonly grey: GreyState | null;
  readonly look: Look | null;
}

interface Lead {
  readonly stack: Stack;
  readonly index: number;
}

export class Following {
  readonly #registrations: Registrations;
  readonly #views = new Map<number, Followed>();
  readonly #known = new Map<Followed, Known>();
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<() => void>();
  #links: Links;
  #followers: ReadonlyMap<number, Follower> = new Map();
  #active = 0;
  /** Where the reader scrolled last: what is hung next comes to this place. */
  #lead: Lead | null = null;
  #leading = false;

  constructor(registrations: Registrations, links: Links = FIRST_LINKS) {
    this.#registrations = registrations;
    this.#links = links;
  }

  set(cell: number, view: Followed | null): void {
    const before = this.#views.get(cell);
    if (before !== undefined) this.#known.delete(before);
    if (view === null) this.#views.delete(cell);
    else {
      this.#views.set(cell, view);
      this.#known.set(view, knownOf(view));
      this.#join(view);
    }
    this.#tell();
  }

  activate(cell: number): void {
    this.#active = cell;
    this.#tell();
  }

  /** Linking holds what is beside each other now: that is how a reader sets an offset. Looks become the active one's. */
  link(links: Links): void {
    const before = this.#links;
    this.#links = links;
    if (links.scroll === "all" && before.scroll !== "all") {
      this.#held.clear();
      this.#lead = null;
      this.#holdAll();
    }
    const active = this.#views.get(this.#active);
    if (active !== undefined) {
      this.#leadOthers(() => {
        if (links.window && !before.window) this.#greyOthers(active);
        if (links.zoom && !before.zoom) this.#zoomOthers(active);
      });
    }
    this.#tell();
  }

  /** A viewport was scrolled, windowed, zoomed or panned; or only drawn. */
  moved(view: Followed): void {
    const before = this.#known.get(view);
    const now = knownOf(view);
    if (before === undefined) return;
    this.#known.set(view, now);
    if (this.#leading) return;
    this.#leadOthers(() => {
      if (now.index !== before.index) this.#scrollOthers(view);
      if (this.#links.window && now.grey !== before.grey && now.kind === before.kind) this.#greyOthers(view);
      if (this.#links.zoom && now.look !== before.look) this.#zoomOthers(view);
    });
    if (now.index !== before.index) this.#tell();
  }

  /** Whether the active viewport and all that follow it show their images, or say why there is none to show. */
  readonly drawn = (): boolean =>
    [...this.#followers.keys(), this.#active].every((cell) => {
      const state = this.#views.get(cell)?.state;
      return state === undefined || state.drawn || state.frameView.failure !== null;
    });

  readonly at = (cell: number): Follower | null => this.#followers.get(cell) ?? null;

  /** The kinds of link that are on now, the surest first, apart by spaces; empty for none. */
  readonly kinds = (): string => {
    const on = new Set(Array.from(this.#followers.values(), ({ kind }) => kind));
    return SUREST_FIRST.filter((kind) => on.has(kind)).join(" ");
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What moves now is led, and leads no others. */
  #leadOthers(move: () => void): void {
    this.#leading = true;
    try {
      move();
    } finally {
      this.#leading = false;
    }
  }

  #scrollOthers(leader: Followed): void {
    this.#lead = { stack: leader.state.stack, index: leader.state.index };
    for (const view of this.#others(leader)) {
      const found = this.#place(this.#lead, view);
      if (found !== null) view.scrollTo(found.index);
    }
  }

  #greyOthers(leader: Followed): void {
    const { ownGrey, frame } = leader.state;
    for (const view of this.#others(leader)) {
      const other = view.state.frame;
      const grey = ownGrey === null ? null : greyFor(ownGrey, frame, other);
      if (grey !== null || (ownGrey === null && sameValues(frame, other))) view.setGrey(grey);
    }
  }

  #zoomOthers(leader: Followed): void {
    const { ownLook, frame } = leader.state;
    const from = wholeBeside(leader, leader);
    for (const view of this.#others(leader)) {
      const other = view.state.frame;
      const matrix = this.#registrations.between(
        frame.geometry.frameOfReferenceUid,
        other.geometry.frameOfReferenceUid,
      );
      view.lookAs(ownLook === null ? null : sameLook(ownLook, from, wholeBeside(view, leader), matrix));
    }
  }

  #others(leader: Followed): Followed[] {
    return [...this.#views.values()].filter((view) => view !== leader);
  }

  /** What is hung while others are linked comes to their place; where none is known, it is held as it is. */
  #join(view: Followed): void {
    const lead = this.#lead;
    if (lead !== null && lead.stack !== view.state.stack && this.#links.scroll !== "off") {
      const found = this.#place(lead, view);
      if (found !== null) this.#leadOthers(() => view.scrollTo(found.index));
    }
    if (this.#links.scroll === "all") this.#holdAll();
  }

  #holdAll(): void {
    const all = Array.from(this.#views.values(), ({ state }) => state);
    for (const from of all) {
      for (const to of all) {
        const pair = pairOf(from.stack, to.stack);
        if (from !== to && !this.#held.has(pair)) this.#held.set(pair, { from: from.index, to: to.index });
      }
    }
  }

  #linkOf(from: Stack, to: Stack): Link | null {
    const { scroll } = this.#links;
    if (scroll === "off" || from === to) return null;
    return linkOf(from, to, this.#registrations, scroll === "all" ? (this.#held.get(pairOf(from, to)) ?? null) : null);
  }

  #place(lead: Lead, view: Followed): Found | null {
    return this.#linkOf(lead.stack, view.state.stack)?.follow(lead.index, view.state.index) ?? null;
  }

  #tell(): void {
    const next = new Map<number, Follower>();
    const active = this.#views.get(this.#active);
    for (const [cell, view] of this.#views) {
      if (active === undefined || view === active) continue;
      const link = this.#linkOf(active.state.stack, view.state.stack);
      if (link === null) continue;
      const { beyond } = link.follow(active.state.index, view.state.index);
      const before = this.#followers.get(cell);
      next.set(cell, before?.kind === link.kind && before.beyond === beyond ? before : { kind: link.kind, beyond });
    }
    this.#followers = next;
    for (const listener of this.#listeners) listener();
  }
}

/** One that is hidden is measured as if it lay where the leader does; those of one size have one scale. */
function wholeBeside(view: Followed, leader: Followed): Whole {
  const { sameSize } = view.placement;
  const isOneSize = sameSize !== null && sameSize === leader.placement.sameSize;
  const scale = isOneSize ? leader.wholeScale() : view.wholeScale(leader.canvas);
  return { frame: view.state.frame, placement: view.placement, scale };
}

const pairOf = (from: Stack, to: Stack): string => `${from.id} ${to.id}`;

const knownOf = ({ state }: Followed): Known => ({
  index: state.index,
  kind: kindOf(state.frame),
  grey: state.ownGrey,
  look: state.ownLook,
});
