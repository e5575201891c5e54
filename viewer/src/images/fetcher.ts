import { partsUrl } from "./address";
import { Aborted } from "./decode/pool";
import { lacksOfFirstStep, type Entry, type Pace } from "./entry";
import { fetchFrame, FrameBytes, HubFails, pauseAfter, Refused, waitAtLeast } from "./fetchFrame";
import { fetchParts, type Part } from "./fetchParts";
import { LineRate } from "./lineRate";
import { isVisible } from "./queue";
import { fillsLine, isLong, needsLine, nextTransfer, paceOf, toStop, type Wanted } from "./transfers";

/** Keeps the line full with what is wanted most, a few transfers at a time; every byte comes once. */

export interface Transfers {
  readonly fetchFrame?: typeof fetchFrame;
  readonly fetchParts?: typeof fetchParts;
  readonly wait?: typeof waitAtLeast;
  /** Answers under way at once, for what is looked at. */
  readonly parallel?: number;
}

export interface FetcherOptions extends Transfers {
  readonly entries: () => Iterable<Entry>;
  /** More of a frame is here. */
  readonly arrived: (entry: Entry) => void;
  /** Something else is to be said of a frame. */
  readonly changed: (entry: Entry) => void;
  /** A transfer is over, whatever came of it. */
  readonly ended: (entries: readonly Entry[]) => void;
}

const PARALLEL = 6;

/** So many transfers of what nobody looks at: one comes, one follows, one is on its way to the hub. */
const BACKGROUND = 3;

export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #rate = new LineRate();
  /** Up to which byte each frame that is being fetched is fetched. */
  readonly #untilOf = new Map<Entry, number>();
  #underWay = 0;
  /** The next transfer waits until those under way are nearly here. */
  #held: AbortSignal | null = null;
  #failures = 0;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Begins as many transfers as there is room for. */
  work(leaving: AbortSignal): void {
    while (!leaving.aborted && this.#underWay < this.#room()) {
      const transfer = nextTransfer(this.#options.entries(), this.#pace(), this.#rate.bytesPerSecond);
      const [first] = transfer;
      if (first === undefined) return;
      this.#held = isLong(transfer) && this.#isFull() ? leaving : null;
      if (this.#held !== null) return;
      this.#underWay += 1;
      this.#rate.busy(performance.now());
      void (transfer.length === 1 ? this.#alone(first, leaving) : this.#together(transfer, leaving));
    }
  }

  /** Something is being brought, or waits for the line to come back. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** A frame that is looked at does not wait behind prefetch: the least wanted transfers stop and continue later. */
  makeWay(): void {
    const free = (this.#options.parallel ?? PARALLEL) - this.#underWay;
    for (const stop of toStop(this.#options.entries(), free)) stop.abort(new Aborted("made way"));
  }

  #room(): number {
    for (const entry of this.#options.entries()) {
      if (isVisible(entry.rank) && needsLine(entry)) return this.#options.parallel ?? PARALLEL;
    }
    return Math.min(BACKGROUND, this.#options.parallel ?? PARALLEL);
  }

  #pace(): Pace {
    let lacking = 0;
    let coarse = 0;
    for (const entry of this.#options.entries()) {
      if (!entry.proved) lacking += entry.frame.length - (entry.bytes?.received ?? 0);
      coarse += lacksOfFirstStep(entry);
    }
    return paceOf(lacking, coarse, this.#rate.bytesPerSecond);
  }

  /** Whether what is under way takes the line for a while; what waits to be tried again takes nothing. */
  #isFull(): boolean {
    const coming = new Set<AbortController | null>();
    let bytes = 0;
    for (const [entry, until] of this.#untilOf) {
      if (entry.retrying) continue;
      coming.add(entry.fetching);
      bytes += until - (entry.bytes?.received ?? 0);
    }
    return coming.size >= BACKGROUND || fillsLine(bytes, this.#rate.bytesPerSecond);
  }

  /** Begins what was held back, once there is room for it. */
  #goOn(): void {
    if (this.#held !== null && !this.#isFull()) this.work(this.#held);
  }

  async #alone({ entry, until }: Wanted, leaving: AbortSignal): Promise<void> {
    const signal = begun([entry], leaving);
    this.#untilOf.set(entry, until);
    entry.bytes ??= new FrameBytes(entry.frame.length);
    try {
      await (this.#options.fetchFrame ?? fetchFrame)(entry.bytes, {
        url: entry.frame.url,
        until,
        signal,
        arrived: (count) => this.#came(entry, count),
        failed: () => this.#retrying(entry),
      });
    } catch (error) {
      if (error instanceof Refused) Object.assign(entry, { failure: "refused", detail: error.message });
    }
    this.#over([entry]);
  }

  /** Many frames in one answer; what fails is chosen anew after a pause, and goes on where it ended. */
  async #together(transfer: readonly Wanted[], leaving: AbortSignal): Promise<void> {
    const entries = transfer.map(({ entry }) => entry);
    const signal = begun(entries, leaving);
    const entryOf = new Map<Part, Entry>();
    for (const { entry, until } of transfer) {
      entry.bytes ??= new FrameBytes(entry.frame.length);
      this.#untilOf.set(entry, until);
      entryOf.set({ frame: entry.frame, bytes: entry.bytes, until }, entry);
    }
    const parts = [...entryOf.keys()];
    try {
      await (this.#options.fetchParts ?? fetchParts)(partsUrl(parts[0]?.frame.url ?? ""), parts, {
        signal,
        arrived: (part, count) => this.#came(entryOf.get(part), count),
        refused: (part) => Object.assign(entryOf.get(part) ?? {}, { alone: true }),
      });
      this.#failures = 0;
    } catch (error) {
      // Where the hub fails on one, the others need not wait with it.
      if (error instanceof Refused || error instanceof HubFails) for (const entry of entries) entry.alone = true;
      else if (!signal.aborted) await this.#pause(entries, signal);
    }
    this.#over(entries);
  }

  async #pause(entries: readonly Entry[], signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    for (const entry of entries) this.#retrying(entry);
    await (this.#options.wait ?? waitAtLeast)(pauseAfter(this.#failures), signal).catch(() => undefined);
  }

  #came(entry: Entry | undefined, count: number): void {
    if (entry === undefined) return;
    this.#failures = 0;
    this.#rate.came(count, performance.now());
    entry.retrying = false;
    this.#options.arrived(entry);
    this.#goOn();
  }

  #retrying(entry: Entry): void {
    if (entry.retrying) return;
    entry.retrying = true;
    this.#options.changed(entry);
    this.#goOn();
  }

  #over(entries: readonly Entry[]): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#rate.idle();
    for (const entry of entries) {
      Object.assign(entry, { fetching: null, retrying: false });
      this.#untilOf.delete(entry);
    }
    this.#options.ended(entries);
  }
}

/** Entries that one transfer brings stop together. */
function begun(entries: readonly Entry[], leaving: AbortSignal): AbortSignal {
  const stop = new AbortController();
  for (const entry of entries) entry.fetching = stop;
  return AbortSignal.any([stop.signal, leaving]);
}
