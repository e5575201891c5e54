import { decodeRank, glance, newEntry, needsDecoding, nextPreview, viewOf, type Entry, type FrameView } from "./entry";
import { Aborted, type DecodePool } from "./decode/pool";
import type { DecodeAnswer } from "./decode/messages";
import { Fetcher, type Transfers } from "./fetcher";
import { fetchDecoded, FrameBytes, pauseAfter, Refused, waitAtLeast } from "./fetchFrame";
import type { Frame } from "./frame";
import type { LineUse } from "./lineUse";
import { Milestones } from "./milestones";
import { isVisible, ranks, type Focus } from "./queue";
import { transferSyntax } from "./transferSyntax";
import { Unpacking, type KeptFrames } from "./unpacking";

/** A frame whose pixels are not what its digest says: never shown, told to the hub. */
export interface Rejection {
  readonly frame: Frame;
  readonly found: string;
  readonly detail: string;
}

export interface FrameStoreOptions extends Transfers {
  readonly pool: DecodePool;
  readonly onRejected: (rejection: Rejection) => void;
  /** Decoded and encoded bytes that may be kept. */
  readonly decodedBudget: number;
  readonly encodedBudget: number;
  readonly fetchDecoded?: typeof fetchDecoded;
  /** What lies on this computer's disk; nothing where it is not said. */
  readonly packs?: KeptFrames;
  /** Told whether this case needs the line. */
  readonly line?: LineUse;
}

const NO_PACKS: KeptFrames = {
  has: () => false,
  take: () => Promise.resolve(null),
  keep: () => Promise.resolve(false),
  forget: () => undefined,
  onOpen: () => () => undefined,
};

type Listener = (view: FrameView) => void;

const TRIES = 2;
/** So long frames leave the line to the decoder. */
const DECODER_WITHIN = 2_000;
/** Frames up to this rank are kept decoded, as far as there is room. */
const NEAR_RANK = 200_000;
/** The hub has no decoder for it either. */
const NOT_DECODABLE = 406;

/** All frames of the case that is open: fetched by rank, decoded, proved, kept within a budget, given up on leaving. */
export class FrameStore {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #anyListeners = new Set<() => void>();
  readonly #options: FrameStoreOptions;
  readonly #fetcher: Fetcher;
  readonly #unpacking: Unpacking;
  readonly #milestones = new Milestones();
  #leaving = new AbortController();
  #focuses: readonly Focus[] = [];
  #begun = false;
  #decodedBytes = 0;
  #encodedBytes = 0;
  /** From this rank on, memory has no room for decoded images of the stacks that are on the screen. */
  #roomTo = NEAR_RANK;

  constructor(options: FrameStoreOptions) {
    this.#options = options;
    this.#fetcher = new Fetcher({
      ...options,
      entries: () => this.#entries.values(),
      arrived: (entry) => this.#arrived(entry),
      changed: (entry) => this.#changed(entry),
      ended: (entries) => this.#ended(entries),
    });
    this.#unpacking = new Unpacking({
      packs: options.packs ?? NO_PACKS,
      entries: () => this.#entries.values(),
      arrived: (entry) => this.#arrived(entry),
      kept: (entry) => this.#forgetBytes(entry),
      missed: () => this.#work(),
    });
  }

  /** Begins with these frames, the most wanted study first. */
  open(frames: readonly Frame[]): void {
    this.#leaving = new AbortController();
    this.#begun = false;
    for (const frame of frames) this.#entries.set(frame.imageId, newEntry(frame));
    this.#milestones.begin(frames);
    this.#unpacking.begin();
    const stop = (this.#options.packs ?? NO_PACKS).onOpen(() => this.#unpacking.begin());
    this.#leaving.signal.addEventListener("abort", stop, { once: true });
    this.#beginWithDecoder(this.#leaving.signal);
  }

  /** The decoder does not wait behind the frames: it is small, and nothing is seen without it. Nor do they for long. */
  #beginWithDecoder(signal: AbortSignal): void {
    const begin = (): void => {
      clearTimeout(timer);
      if (signal.aborted || this.#begun) return;
      this.#begun = true;
      this.look(this.#focuses);
    };
    const timer = setTimeout(begin, DECODER_WITHIN);
    signal.addEventListener("abort", begin, { once: true });
    void this.#options.pool.begin().then(begin);
  }

  /** Where the reader looks now. */
  look(focuses: readonly Focus[]): void {
    if (!sameStacks(focuses, this.#focuses)) this.#roomTo = NEAR_RANK;
    this.#focuses = focuses;
    const all = Array.from(this.#entries.values(), (entry) => entry.frame);
    for (const [imageId, rank] of ranks(all, focuses)) {
      const entry = this.#entries.get(imageId);
      if (entry !== undefined) Object.assign(entry, { rank, near: rank < this.#roomTo });
    }
    this.#fetcher.makeWay();
    this.#work();
  }

  frame(imageId: string): Frame | undefined {
    return this.#entries.get(imageId)?.frame;
  }

  view(imageId: string): FrameView | undefined {
    const entry = this.#entries.get(imageId);
    return entry === undefined ? undefined : viewOf(entry);
  }

  views(): { frame: Frame; view: FrameView }[] {
    return Array.from(this.#entries.values(), (entry) => ({ frame: entry.frame, view: viewOf(entry) }));
  }

  subscribe(imageId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(imageId) ?? new Set();
    this.#listeners.set(imageId, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Told of every change of any frame; collect them before drawing. */
  subscribeAny(listener: () => void): () => void {
    this.#anyListeners.add(listener);
    return () => this.#anyListeners.delete(listener);
  }

  /** Try a frame again that failed. */
  retry(imageId: string): void {
    const entry = this.#entries.get(imageId);
    if (entry === undefined) return;
    this.#forgetBytes(entry);
    Object.assign(entry, { failure: null, detail: "", rejected: 0 });
    this.#changed(entry);
    this.#work();
  }

  /** Stops every transfer and lets go of all memory; may be opened again. */
  close(): void {
    this.#leaving.abort(new Aborted("the case was left"));
    this.#tellLine(false);
    this.#options.pool.close();
    this.#milestones.end();
    this.#entries.clear();
    this.#decodedBytes = 0;
    this.#encodedBytes = 0;
  }

  #changed(entry: Entry): void {
    const view = viewOf(entry);
    this.#milestones.note(entry.frame.imageId, view, entry.reduction);
    for (const listener of this.#listeners.get(entry.frame.imageId) ?? []) listener(view);
    for (const listener of this.#anyListeners) listener();
  }

  #work(): void {
    if (this.#leaving.signal.aborted || !this.#begun) return;
    for (const entry of this.#entries.values()) if (needsDecoding(entry)) void this.#decode(entry);
    this.#unpacking.work(this.#leaving.signal);
    this.#fetcher.work(this.#leaving.signal);
    this.#tellLine(this.#fetcher.busy);
  }

  #tellLine(busy: boolean): void {
    if (this.#options.line !== undefined) this.#options.line.busy = busy;
  }

  #setRetrying(entry: Entry, retrying: boolean): void {
    if (entry.retrying === retrying) return;
    entry.retrying = retrying;
    this.#changed(entry);
  }

  #arrived(entry: Entry): void {
    if (entry.bytes?.whole === true) {
      this.#encodedBytes += entry.bytes.buffer.length;
      if (needsDecoding(entry)) void this.#decode(entry);
    } else void this.#preview(entry);
    this.#changed(entry);
  }

  #ended(entries: readonly Entry[]): void {
    for (const entry of entries) this.#changed(entry);
    this.#work();
  }

  async #preview(entry: Entry, next = nextPreview(entry)): Promise<void> {
    if (next === null || entry.bytes === null) return;
    entry.previewing = true;
    const prefix = entry.bytes.buffer.slice(0, next.bytes).buffer;
    const answer = await this.#ask(entry, prefix, next.reduction).catch(() => null);
    entry.previewing = false;
    const stillBetter = entry.image === null || next.reduction < entry.reduction;
    if (answer?.image == null || !stillBetter || entry.failure !== null) return;
    Object.assign(entry, { image: answer.image, reduction: next.reduction });
    this.#changed(entry);
    void this.#preview(entry);
  }

  #ask(entry: Entry, encoded: ArrayBuffer, reduction: number): Promise<DecodeAnswer> {
    const { frame } = entry;
    const { coding } = transferSyntax(frame.instance.transferSyntaxUid);
    const expected = reduction > 0 ? null : { digest: frame.digest, of: frame.digestOf };
    const request = { encoded, coding, reduction, pixel: frame.pixel, expected };
    return this.#options.pool.decode(request, () => decodeRank(entry, reduction), this.#leaving.signal);
  }

  async #decode(entry: Entry): Promise<void> {
    const { bytes } = entry;
    if (bytes === null) return;
    void this.#preview(entry, glance(entry));
    entry.decoding = true;
    try {
      const answer = await this.#ask(entry, bytes.buffer.buffer, 0);
      entry.bytes = FrameBytes.of(new Uint8Array(answer.encoded));
      await this.#judge(entry, answer);
    } catch (error) {
      if (error instanceof Aborted) return;
      if (error instanceof Refused)
        Object.assign(entry, {
          failure: error.status === NOT_DECODABLE ? "undecodable" : "refused",
          detail: error.message,
        });
      else this.#reject(entry, { found: "", detail: (error as Error).message, kind: "decode" });
    } finally {
      entry.decoding = false;
    }
    this.#keepWithinBudget();
    this.#changed(entry);
    this.#work();
  }

  async #judge(entry: Entry, answer: DecodeAnswer): Promise<void> {
    const compared = answer.image !== null || entry.frame.digestOf === "encoded";
    if (answer.equal && answer.image !== null) this.#accept(entry, answer, false);
    else if (compared && !answer.equal)
      this.#reject(entry, { found: answer.digest, detail: answer.error, kind: "digest" });
    else await this.#letHubDecode(entry, answer);
  }

  /** No decoder here, or it gave up: the hub decodes, and cells that have a digest are still compared with it. */
  async #letHubDecode(entry: Entry, answer: DecodeAnswer): Promise<void> {
    const native = await this.#fetchDecoded(entry);
    const expected = { digest: entry.frame.digest, of: "pixels" as const };
    const { pixel: stored, digestOf } = entry.frame;
    const undone = digestOf === "encoded" && stored.samplesPerPixel === 3 ? "RGB" : stored.photometricInterpretation;
    const pixel = { ...stored, planarConfiguration: 0, photometricInterpretation: undone };
    const request = { encoded: native, coding: "native" as const, reduction: 0, pixel, expected };
    const second = await this.#options.pool.decode(request, () => entry.rank, this.#leaving.signal);
    const proved = digestOf === "encoded" ? answer.equal : second.equal;
    const detail = second.error || answer.error;
    if (second.image !== null && proved) this.#accept(entry, second, true);
    else this.#reject(entry, { found: second.digest, detail, kind: proved ? "decode" : "digest" });
  }

  /** A line that fails says nothing about the frame: it is waited for, as for the frame itself (AVAIL-11). */
  async #fetchDecoded(entry: Entry): Promise<ArrayBuffer> {
    const { signal } = this.#leaving;
    const wait = this.#options.wait ?? waitAtLeast;
    for (let tries = 1; ; tries += 1) {
      try {
        const native = await (this.#options.fetchDecoded ?? fetchDecoded)(entry.frame.url, signal);
        this.#setRetrying(entry, false);
        return native;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Refused) throw error;
        this.#setRetrying(entry, true);
        await wait(pauseAfter(tries), signal);
      }
    }
  }

  #accept(entry: Entry, answer: DecodeAnswer, decodedByHub: boolean): void {
    const { image } = answer;
    Object.assign(entry, {
      image,
      reduction: 0,
      proved: true,
      decodedByHub,
      failure: null,
      detail: "",
      decoding: false,
    });
    this.#decodedBytes += image?.cells.byteLength ?? 0;
    if (entry.packed) this.#forgetBytes(entry);
    else void this.#unpacking.keep(entry, this.#leaving.signal);
  }

  #reject(entry: Entry, what: { found: string; detail: string; kind: "digest" | "decode" }): void {
    entry.rejected += 1;
    entry.image = null;
    this.#forgetBytes(entry);
    this.#unpacking.forget(entry);
    this.#options.onRejected({ frame: entry.frame, found: what.found, detail: what.detail });
    if (entry.rejected >= TRIES) Object.assign(entry, { failure: what.kind, detail: what.detail });
  }

  #forgetBytes(entry: Entry): void {
    if (entry.bytes?.whole === true) this.#encodedBytes -= entry.bytes.buffer.length;
    entry.bytes = null;
  }

  /** Lets go of what is farthest from the reader; what was proved stays known as proved. */
  #keepWithinBudget(): void {
    const { decodedBudget, encodedBudget } = this.#options;
    if (this.#decodedBytes <= decodedBudget && this.#encodedBytes <= encodedBudget) return;
    const farthest = [...this.#entries.values()]
      .filter((entry) => entry.proved && !isVisible(entry.rank) && !entry.decoding)
      .sort((a, b) => b.rank - a.rank);
    for (const entry of farthest) {
      const decodedOver = this.#decodedBytes > decodedBudget;
      const encodedOver = this.#encodedBytes > encodedBudget;
      if (!decodedOver && !encodedOver) return;
      if (decodedOver && entry.image !== null && entry.reduction === 0) {
        this.#decodedBytes -= entry.image.cells.byteLength;
        entry.image = null;
        // Decoded again at once, it would only be let go again.
        entry.near = false;
        this.#roomTo = Math.min(this.#roomTo, entry.rank);
      }
      if (encodedOver) this.#forgetBytes(entry);
    }
  }
}

const sameStacks = (a: readonly Focus[], b: readonly Focus[]): boolean =>
  a.length === b.length && a.every(({ frames }, at) => frames === b[at]?.frames);
