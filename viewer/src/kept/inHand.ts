import { SIGNED_IN } from "@/api/client";
import { beforeLock } from "@/session/beforeLock";
import { Copy } from "./copy";
import { shelf as ownShelf, type Found, type Shelf, type Words } from "./shelf";

/** Brings to the hub what is typed, and knows what is not there yet. */
export interface Bringer<T> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly dirty: boolean;
  /** The hub takes it no more unless a person sees to it. */
  readonly stuck: boolean;
  /** What is not known to be at the hub; null where all is. */
  typed(): T | null;
  /** What was typed here before stands again; false, and nothing happens, where other words stand already. */
  resume(typed: T): boolean;
  /** It stands in the place of what stands now. */
  replace(typed: T): void;
  /** Brings what was typed before this page was loaded. */
  begin(): void;
  flush(): Promise<boolean>;
  signedIn(): Promise<unknown>;
  stop(): void;
}

/** Words of before that stand where they were, or that wait beside newer ones. */
export interface Former<T> {
  readonly place: "back" | "beside";
  readonly typed: Found<T>;
}

export interface Options<T> {
  readonly found?: Found<T> | null | undefined;
  readonly shelf?: Shelf;
}

const left = new Map<string, unknown>();

/** Words whose page was left before they were at the hub, and that are on their way still; else new ones. */
export const takenUp = <H>(kind: Words, of: string, make: () => H): H =>
  (left.get(`${kind} ${of}`) as H | undefined) ?? make();

/**
 * What one person writes in one place: kept on this computer until the hub has it, brought there before the page locks and
 * after the session stands again, and looked after beyond the page on which it was written.
 */
export class InHand<T, B extends Bringer<T>> {
  readonly bringer: B;
  readonly #kind: Words;
  readonly #of: string;
  readonly #shelf: Shelf;
  readonly #copy: Copy<T>;
  readonly #listeners = new Set<() => void>();
  #former: Former<T> | null = null;
  /** What lies here was looked for, and stands in the bringer or beside it. */
  #looked: boolean;
  #looking = false;
  #isOpen = false;
  /** As it was kept last. */
  #kept = "";
  #end: (() => void) | null = null;

  /** `found`: what lies here, where it was looked for already. */
  constructor(kind: Words, of: string, bringer: B, { found, shelf = ownShelf }: Options<T> = {}) {
    this.#kind = kind;
    this.#of = of;
    this.#shelf = shelf;
    this.#copy = new Copy<T>(shelf, kind, of);
    this.bringer = bringer;
    this.#looked = found !== undefined;
    if (found && bringer.resume(found.value) && bringer.dirty) this.#former = { place: "back", typed: found };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly former = (): Former<T> | null => this.#former;

  /** The page with these words stands. */
  open(): void {
    this.#isOpen = true;
    // Another tab may have written on since it was left.
    if (left.delete(this.#name)) this.#looked = false;
    this.#end ??= this.#lookAfter();
    if (this.#looked) void this.#lookBeside();
    this.#write();
    this.bringer.begin();
  }

  /** The page goes; what is not at the hub is brought there all the same. */
  leave(): void {
    left.set(this.#name, this);
    void this.bringer
      .flush()
      .then(() => this.#copy.settled())
      .finally(() => {
        if (left.get(this.#name) === this) this.#isOpen = false;
        this.#settle();
      });
  }

  /** Words of before that waited beside newer ones change places with them. */
  exchange(): void {
    const former = this.#former;
    if (former === null) return;
    const standing = this.bringer.typed();
    this.bringer.replace(former.typed.value);
    if (standing === null) this.forgetFormer();
    else void this.#putBeside({ value: standing, at: Date.now() });
  }

  /** Words of before are not needed beside, or their coming back was read. */
  forgetFormer(): void {
    if (this.#former?.place === "beside") void this.#shelf.remove(this.#kind, this.#beside);
    this.#former = null;
    this.#tell();
  }

  get #name(): string {
    return `${this.#kind} ${this.#of}`;
  }

  get #beside(): string {
    return `${this.#of} beside`;
  }

  #lookAfter(): () => void {
    const { bringer } = this;
    const changed = (): void => {
      this.#write();
      this.#settle();
    };
    const guard = (event: BeforeUnloadEvent): void => {
      if (!bringer.dirty) return;
      void bringer.flush();
      event.preventDefault();
    };
    const signedIn = (): void => void bringer.signedIn();
    const stops = [
      bringer.subscribe(changed),
      this.#shelf.subscribe(changed),
      // A disk that hangs keeps nothing from the hub.
      beforeLock(async () => (await Promise.all([bringer.flush(), this.#copy.settled()]))[0]),
    ];
    window.addEventListener(SIGNED_IN, signedIn);
    window.addEventListener("beforeunload", guard);
    return () => {
      for (const stop of stops) stop();
      window.removeEventListener(SIGNED_IN, signedIn);
      window.removeEventListener("beforeunload", guard);
      bringer.stop();
    };
  }

  /** Writes only as long as the page stands: another tab may write the same now. */
  #write(): void {
    if (!this.#isOpen) return;
    if (!this.#looked) {
      void this.#look();
      return;
    }
    const typed = this.bringer.typed();
    if (typed !== null) this.#kept = JSON.stringify(typed);
    this.#copy.set(typed);
  }

  /** What lies here is never written over before it was looked at. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const found = await this.#shelf.find<T>(this.#kind, this.#of);
    if (found) await this.#place(found);
    this.#looking = false;
    if (found === undefined) return;
    this.#looked = true;
    this.#write();
    await this.#lookBeside();
  }

  async #place(found: Found<T>): Promise<void> {
    if (!this.bringer.resume(found.value)) await this.#putBeside(found);
    else if (this.bringer.dirty) {
      this.#former ??= { place: "back", typed: found };
      this.bringer.begin();
      this.#tell();
    }
  }

  async #lookBeside(): Promise<void> {
    const typed = await this.#shelf.find<T>(this.#kind, this.#beside);
    if (!typed || this.#former?.place === "beside") return;
    this.#former = { place: "beside", typed };
    this.#tell();
  }

  #putBeside(typed: Found<T>): Promise<boolean> {
    this.#former = { place: "beside", typed };
    this.#tell();
    return this.#shelf.keep(this.#kind, this.#beside, typed.value, typed.at);
  }

  #settle(): void {
    const { bringer } = this;
    const isOver = !bringer.dirty || (bringer.stuck && this.#shelf.keeps());
    if (this.#isOpen || left.get(this.#name) !== this || !isOver) return;
    left.delete(this.#name);
    this.#end?.();
    this.#end = null;
    if (!bringer.dirty) void this.#takeAway();
  }

  /** What lies here is at the hub; what another tab wrote since is not ours to remove. */
  async #takeAway(): Promise<void> {
    const found = await this.#shelf.find<T>(this.#kind, this.#of);
    if (found && JSON.stringify(found.value) === this.#kept) await this.#shelf.remove(this.#kind, this.#of);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
