/** Keeps what is being written at the hub: one save at a time, never in the middle of a composition, never giving up. */
import { ApiProblem } from "@/api/client";
import type { MessageDraft } from "@/api/types";
import { EMPTY, sameDraft } from "./model";

export type Keeping = "clean" | "typing" | "saving" | "kept" | "waiting" | "refused";
export type Put = (draft: MessageDraft) => Promise<void>;

/** What was typed and is not known to be at the hub. */
export interface TypedMessage {
  readonly draft: MessageDraft;
  /** What the hub had when it was typed. */
  readonly over: MessageDraft;
  /** Offered to the hub last, which may have taken it although no answer came. */
  readonly offered: MessageDraft | null;
}

const PAUSE = 800;
const RETRY_FIRST = 1000;
const RETRY_MOST = 15_000;

export class DraftKeeper {
  private draft: MessageDraft;
  private kept: MessageDraft;
  private state: Keeping = "clean";
  /** Somebody typed since this began. */
  private edited = false;
  private composing = false;
  private held = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private offered: MessageDraft | null = null;
  private readonly put: Put;
  private readonly listeners = new Set<() => void>();

  constructor(draft: MessageDraft, put: Put) {
    this.draft = draft;
    this.kept = draft;
    this.put = put;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly currentDraft = (): MessageDraft => this.draft;
  readonly currentState = (): Keeping => this.state;
  get dirty(): boolean {
    return !sameDraft(this.draft, this.kept);
  }

  get stuck(): boolean {
    return this.state === "refused";
  }
  /** To be kept here as long as it is not at the hub; null where all is. */
  typed(): TypedMessage | null {
    return this.dirty ? { draft: this.draft, over: this.kept, offered: this.offered } : null;
  }

  /** What was typed before stands again; false where other words stand, here or at the hub. */
  resume({ draft, over, offered }: TypedMessage): boolean {
    if (this.dirty || this.edited) return sameDraft(draft, this.draft);
    const known = [draft, over, ...(offered === null ? [] : [offered])];
    if (!known.some((one) => sameDraft(one, this.kept))) return false;
    this.draft = draft;
    this.offered = offered;
    if (!sameDraft(draft, this.kept)) this.tell("typing");
    return true;
  }

  replace({ draft }: TypedMessage): void {
    this.edit(draft);
  }

  /** What was typed before this page was loaded goes to the hub. */
  begin(): void {
    if (this.dirty) this.schedule(PAUSE);
  }

  signedIn(): Promise<boolean> {
    return this.flush();
  }

  edit(change: Partial<MessageDraft>): void {
    this.edited = true;
    this.draft = { ...this.draft, ...change };
    this.tell("typing");
    this.schedule(PAUSE);
  }

  /** While an input method composes, half a word is nobody's text. */
  compose(composing: boolean): void {
    this.composing = composing;
    if (!composing && this.dirty) this.schedule(PAUSE);
  }

  /** Saves at once; resolves when what was typed is at the hub, or could not be brought there. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    await (this.running ?? Promise.resolve());
    if (this.dirty && !this.held) await this.save();
    return !this.dirty;
  }

  /** While a message is on its way, its draft stays as it is: the hub forgets it with the message. */
  async hold(): Promise<void> {
    this.held = true;
    clearTimeout(this.timer);
    await (this.running ?? Promise.resolve());
  }

  /** It was sent, so that nothing is being written any more; or it was not, and is kept on. */
  release(sent: boolean): void {
    this.held = false;
    if (sent) {
      this.draft = EMPTY;
      this.kept = EMPTY;
      this.tell("clean");
    } else if (this.dirty) this.schedule(PAUSE);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(pause: number): void {
    clearTimeout(this.timer);
    if (!this.composing && !this.held) this.timer = setTimeout(() => void this.save(), pause);
  }

  private save(): Promise<void> {
    this.running ??= this.saveOnce().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async saveOnce(): Promise<void> {
    const sent = this.draft;
    if (sameDraft(sent, this.kept)) {
      this.tell("clean");
      return;
    }
    this.offered = sent;
    this.tell("saving");
    try {
      await this.put(sent);
      this.kept = sent;
      this.offered = null;
      this.failures = 0;
      this.tell(this.dirty ? "typing" : "kept");
      if (this.dirty) this.schedule(PAUSE);
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    const status = error instanceof ApiProblem ? error.status : 0;
    // A refusal stays one; 401 waits for the person to sign in again, the line for itself.
    if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) {
      this.tell("refused");
      return;
    }
    this.tell("waiting");
    this.schedule(Math.min(RETRY_MOST, RETRY_FIRST * 2 ** this.failures));
    this.failures += 1;
  }

  private tell(state: Keeping): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
