import type { Frame } from "@/images/frame";
import type { BrowserKey } from "@/api/types";
import { digestOf, keyBytes } from "@/session/keys";
import { TAKEN, type Answer, type Asked, type Question } from "./messages";

/**
 * Frames that were brought before anybody looks at them, encrypted on this computer's disk until the session ends
 * (NET-17). A store that cannot be used costs only time: whoever asks gets null, and asks the hub.
 */

export interface PacksState {
  readonly open: boolean;
  readonly bytes: number;
  readonly budget: number;
  /** Nothing more is kept: the budget is used up by what is needed, or the browser gives no more. */
  readonly full: boolean;
  readonly failure: string;
}

/** What the worker is to the page. */
export interface PackWorker {
  postMessage(asked: Asked, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

const makeWorker = (): PackWorker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "packs" });

const CLOSED: PacksState = { open: false, bytes: 0, budget: 0, full: false, failure: "" };

export class Packs {
  readonly #spawn: () => PackWorker;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  readonly #listeners = new Set<() => void>();
  readonly #openListeners = new Set<() => void>();
  readonly #packNames = new Map<string, Promise<string>>();
  #names = new Set<string>();
  #worker: PackWorker | null = null;
  #keyId = "";
  #task = 0;
  #state = CLOSED;

  constructor(spawn: () => PackWorker = makeWorker) {
    this.#spawn = spawn;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PacksState => this.#state;

  /** Another page of this browser holds what was to be opened. */
  get taken(): boolean {
    return this.#state.failure === TAKEN;
  }

  onOpen(listener: () => void): () => void {
    this.#openListeners.add(listener);
    return () => this.#openListeners.delete(listener);
  }

  async open(key: BrowserKey, page: string, budget: number): Promise<void> {
    this.#keyId = key.key_id;
    this.#packNames.clear();
    const answer = await this.#ask({ kind: "open", keyId: key.key_id, key: keyBytes(key), page, budget });
    const failure = answer === null ? "no worker" : answer.failure;
    this.#tell({ open: failure === "", budget, full: false, failure, bytes: answer?.bytes ?? 0 });
    for (const listener of this.#openListeners) listener();
  }

  has(frame: Frame): boolean {
    return this.#names.has(nameOf(frame));
  }

  /** Whether it is here now; the bytes stay the caller's. */
  async keep(frame: Frame, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (!this.#state.open || this.has(frame)) return this.#state.open;
    const copy = bytes.slice();
    const pack = await this.packOf(frame);
    const answer = await this.#ask({ kind: "keep", name: nameOf(frame), pack, frame: copy }, [copy.buffer]);
    const kept = answer?.kept === "kept";
    if (kept) this.#names.add(nameOf(frame));
    this.#tell({ full: answer?.kept === "full" });
    return kept;
  }

  async take(frame: Frame): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!this.has(frame)) return null;
    const answer = await this.#ask({ kind: "take", name: nameOf(frame) });
    const bytes = answer?.frame ?? null;
    if (bytes?.length === frame.length) return bytes;
    this.forget(frame);
    return null;
  }

  /** It is not what it should be: never given out again. */
  forget(frame: Frame): void {
    if (this.#names.delete(nameOf(frame))) void this.#ask({ kind: "forget", name: nameOf(frame) });
  }

  /** These frames' packs stay while others make room. */
  async need(frames: Iterable<Frame>): Promise<void> {
    const packs = new Set<string>();
    const series = new Map(Array.from(frames, (frame) => [seriesOf(frame), frame]));
    for (const frame of series.values()) packs.add(await this.packOf(frame));
    await this.#ask({ kind: "need", packs: [...packs] });
    this.#tell({ full: false });
  }

  async setBudget(bytes: number): Promise<void> {
    await this.#ask({ kind: "budget", bytes });
    this.#tell({ budget: bytes, full: false });
  }

  /** Removes this page's packs, and goes on keeping. */
  async empty(): Promise<void> {
    await this.#ask({ kind: "empty" });
    this.#tell({ full: false });
  }

  /** Removes every pack from this computer, those of other sessions too. */
  async clear(): Promise<void> {
    await this.#ask({ kind: "clear" });
    this.#worker?.terminate();
    this.#worker = null;
    this.#names.clear();
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
    this.#tell(CLOSED);
  }

  /** A file's name says nothing about whose images it holds. */
  packOf(frame: Frame): Promise<string> {
    const series = seriesOf(frame);
    const known = this.#packNames.get(series) ?? digestOf(`${this.#keyId} ${series}`);
    this.#packNames.set(series, known);
    return known;
  }

  #ask(question: Question, transfer: Transferable[] = []): Promise<Answer | null> {
    const worker = this.#started();
    this.#task += 1;
    const task = this.#task;
    return new Promise((resolve) => {
      this.#waiting.set(task, resolve);
      worker.postMessage({ ...question, task }, transfer);
    });
  }

  #started(): PackWorker {
    if (this.#worker !== null) return this.#worker;
    const worker = this.#spawn();
    worker.onmessage = ({ data }) => {
      if (data.names !== null) this.#names = new Set(data.names);
      const resolve = this.#waiting.get(data.task);
      this.#waiting.delete(data.task);
      resolve?.(data);
      if (data.bytes !== this.#state.bytes) this.#tell({ bytes: data.bytes });
    };
    worker.onerror = ({ message }) => {
      this.#worker = null;
      this.#names.clear();
      for (const resolve of this.#waiting.values()) resolve(null);
      this.#waiting.clear();
      this.#tell({ ...CLOSED, failure: message || "worker" });
    };
    this.#worker = worker;
    return worker;
  }

  #tell(change: Partial<PacksState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** A frame under another digest is another frame. */
const nameOf = (frame: Frame): string => `${frame.imageId} ${frame.digest}`;

const seriesOf = (frame: Frame): string => frame.imageId.replace(/\/instances\/.*$/, "");

/** The packs of this page. */
export const packs = new Packs();
