import { bytesWanted, type Entry } from "./entry";
import { FrameBytes } from "./fetchFrame";
import type { Frame } from "./frame";

/** Frames that lie on this computer already come from there, the most wanted first; the line is for the others. */

/** What this needs of the packs. */
export interface KeptFrames {
  has(frame: Frame): boolean;
  take(frame: Frame): Promise<Uint8Array<ArrayBuffer> | null>;
  keep(frame: Frame, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  forget(frame: Frame): void;
  /** Told when what lies there is known; returns how to hear no more. */
  onOpen(listener: () => void): () => void;
}

export interface UnpackingOptions {
  readonly packs: KeptFrames;
  readonly entries: () => Iterable<Entry>;
  /** All bytes of a frame are here. */
  readonly arrived: (entry: Entry) => void;
  /** It lies on this computer, and its bytes need not lie in memory too. */
  readonly kept: (entry: Entry) => void;
  /** Nothing came of it after all: the line has more to do. */
  readonly missed: () => void;
}

/** So many are read or wait for their decoder at once: more would only fill the memory. */
const AHEAD = 8;

export class Unpacking {
  readonly #options: UnpackingOptions;

  constructor(options: UnpackingOptions) {
    this.#options = options;
  }

  /** Looks which frames are here; told again when the packs have opened. */
  begin(): void {
    for (const entry of this.#options.entries()) entry.packed ||= this.#options.packs.has(entry.frame);
  }

  work(leaving: AbortSignal): void {
    const wanted: Entry[] = [];
    let ahead = 0;
    for (const entry of this.#options.entries()) {
      if (entry.unpacking || entry.decoding) ahead += 1;
      else if (entry.packed && bytesWanted(entry)) wanted.push(entry);
    }
    if (ahead >= AHEAD || wanted.length === 0) return;
    wanted.sort((a, b) => a.rank - b.rank);
    for (const entry of wanted.slice(0, AHEAD - ahead)) void this.#take(entry, leaving);
  }

  /** A proved frame is put beside the others. */
  async keep(entry: Entry, leaving: AbortSignal): Promise<void> {
    if (entry.packed || entry.bytes?.whole !== true) return;
    if (!(await this.#options.packs.keep(entry.frame, entry.bytes.buffer)) || leaving.aborted) return;
    entry.packed = true;
    this.#options.kept(entry);
  }

  /** What was kept is not what it should be. */
  forget(entry: Entry): void {
    entry.packed = false;
    this.#options.packs.forget(entry.frame);
  }

  async #take(entry: Entry, leaving: AbortSignal): Promise<void> {
    entry.unpacking = true;
    const found = await this.#options.packs.take(entry.frame);
    entry.unpacking = false;
    if (leaving.aborted) return;
    if (found === null) {
      entry.packed = false;
      this.#options.missed();
      return;
    }
    entry.bytes = FrameBytes.of(found);
    this.#options.arrived(entry);
  }
}
