/** Keeps a draft at the hub while it is typed: one save at a time, never during composition, never giving up, never over another's text. */
import { ApiProblem } from "@/api/client";
import type { Report } from "@/api/types";
import { draftOf, sameDraft, type Draft } from "./model";

export type SaveState =
  | { readonly kind: "clean" }
  | { readonly kind: "typing" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved"; readonly at: string | null }
  | { readonly kind: "waiting"; readonly error: unknown }
  | { readonly kind: "signed-out" }
  | { readonly kind: "refused"; readonly error: unknown }
  | { readonly kind: "conflict" };

/** How the hub's answer of one kind is turned into what is typed. */
export interface Drafting<D, A> {
  readonly draftOf: (answer: A) => D;
  readonly same: (one: D, other: D) => boolean;
  readonly savedAt: (answer: A) => string | null;
}

/** What was typed and is not known to be at the hub. */
export interface Typed<D> {
  readonly draft: D;
  /** Over which version of the hub's it was typed. */
  readonly version: number;
  /** Offered to the hub, which may have taken it although no answer came. */
  readonly offered: readonly D[];
}

/** Looks at what the hub has. */
export type Look<A> = () => Promise<A>;

const REPORT: Drafting<Draft, Report> = { draftOf, same: sameDraft, savedAt: ({ updated_at }) => updated_at };

const PAUSE = 800;
const LONGEST_PAUSE = 5000;
const RETRY_FIRST = 1000;
const RETRY_MOST = 15_000;
const MOST_OFFERED = 8;
/** States that are over when there is nothing left to save. */
const UNSETTLED: ReadonlySet<SaveState["kind"]> = new Set(["typing", "waiting", "signed-out"]);

export class Saver<D extends object, A extends { readonly version: number }> {
  private draft: D;
  private kept: D;
  private version: number;
  private state: SaveState = { kind: "clean" };
  /** Somebody typed since this began. */
  private edited = false;
  private composing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince = 0;
  private failures = 0;
  private running: Promise<void> | null = null;
  private readonly put: (draft: D, version: number) => Promise<A>;
  private offered: readonly D[] = [];
  private readonly drafting: Drafting<D, A>;
  private readonly look: Look<A> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(answer: A, put: (draft: D, version: number) => Promise<A>, drafting: Drafting<D, A>, look?: Look<A>) {
    this.draft = drafting.draftOf(answer);
    this.kept = this.draft;
    this.version = answer.version;
    this.put = put;
    this.drafting = drafting;
    this.look = look;
  }

  /**
   * What was typed before stands again: over the version that it was typed over, or against another's. False, and nothing
   * happens, where others were typed since that it does not go on from.
   */
  resume({ draft, version, offered }: Typed<D>): boolean {
    const { same } = this.drafting;
    if ((this.dirty || this.edited) && ![draft, ...offered].some((one) => same(one, this.draft))) return false;
    this.draft = draft;
    this.offered = offered;
    if (!this.dirty) return true;
    this.dirtySince = Date.now();
    const isOver = version >= this.version || this.wasOffered(this.kept);
    this.version = isOver ? Math.max(version, this.version) : version;
    this.tell({ kind: isOver ? "typing" : "conflict" });
    return true;
  }

  replace({ draft }: Typed<D>): void {
    this.edit(draft);
  }

  /** What was typed before this page was loaded goes to the hub. */
  begin(): void {
    if (this.state.kind === "typing") this.schedule();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly currentState = (): SaveState => this.state;
  readonly currentDraft = (): D => this.draft;
  currentVersion(): number {
    return this.version;
  }
  /** To be kept here as long as it is not at the hub; null where all is. */
  typed(): Typed<D> | null {
    return this.dirty ? { draft: this.draft, version: this.version, offered: this.offered } : null;
  }
  get dirty(): boolean {
    return !this.drafting.same(this.draft, this.kept);
  }
  get stuck(): boolean {
    return this.state.kind === "conflict" || this.state.kind === "refused";
  }

  edit(change: Partial<D>): void {
    this.edited = true;
    if (!this.dirty) this.dirtySince = Date.now();
    this.draft = { ...this.draft, ...change };
    if (this.state.kind === "conflict") this.tell(this.state);
    else {
      this.tell({ kind: "typing" });
      this.schedule();
    }
  }

  /** While an input method composes, half a word is nobody's text. */
  compose(composing: boolean): void {
    this.composing = composing;
    if (!composing && this.dirty) this.schedule();
  }

  /** Saves at once; resolves when what was typed is at the hub, or could not be brought there. */
  async flush(): Promise<boolean> {
    // One that is under way may end with the line that it was on.
    await (this.running ?? Promise.resolve());
    clearTimeout(this.timer);
    while (this.dirty && this.state.kind !== "conflict") {
      const failedBefore = this.failures;
      await this.save();
      if (this.failures > failedBefore || this.currentState().kind === "refused") break;
    }
    return !this.dirty;
  }

  /** Saves even where no word changed: the images that were read belong to the version that is signed. */
  async saveForSigning(): Promise<boolean> {
    if (!(await this.flush())) return false;
    await (this.running ?? Promise.resolve());
    await this.bring(this.draft);
    return !this.dirty && this.currentState().kind === "saved";
  }

  /** Another text is at the hub: take it, or put ours over it, knowingly. */
  settle(theirs: A, keep: "mine" | "theirs"): void {
    this.version = theirs.version;
    this.kept = this.drafting.draftOf(theirs);
    this.offered = [];
    if (keep === "theirs") {
      this.draft = this.kept;
      this.tell({ kind: "saved", at: this.drafting.savedAt(theirs) });
    } else {
      this.tell({ kind: "typing" });
      void this.flush();
    }
  }

  /** The session stands again: what waited for it goes to the hub now, not when its pause is over. */
  async signedIn(): Promise<void> {
    await (this.running ?? Promise.resolve());
    clearTimeout(this.timer);
    this.failures = 0;
    if (this.state.kind !== "conflict") await this.save();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.composing) return;
    const waited = Date.now() - this.dirtySince;
    const pause = Math.max(0, Math.min(PAUSE, LONGEST_PAUSE - waited));
    this.timer = setTimeout(() => void this.save(), pause);
  }

  private save(): Promise<void> {
    this.running ??= this.saveOnce().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async saveOnce(): Promise<void> {
    const sent = this.draft;
    if (this.drafting.same(sent, this.kept)) {
      if (UNSETTLED.has(this.state.kind)) this.tell({ kind: "clean" });
      return;
    }
    await this.bring(sent);
  }

  private async bring(sent: D): Promise<void> {
    this.offer(sent);
    this.tell({ kind: "saving" });
    try {
      const answer = await this.put(sent, this.version);
      this.taken(sent, answer);
    } catch (error) {
      await this.failed(error);
    }
  }

  private offer(sent: D): void {
    if (this.wasOffered(sent)) return;
    const before = this.offered.length < MOST_OFFERED ? this.offered : this.offered.toSpliced(MOST_OFFERED / 2, 1);
    this.offered = [...before, sent];
  }

  private wasOffered(draft: D): boolean {
    return this.offered.some((one) => this.drafting.same(one, draft));
  }

  private taken(sent: D, answer: A): void {
    this.version = answer.version;
    this.kept = sent;
    this.offered = [];
    this.failures = 0;
    this.dirtySince = Date.now();
    this.tell(this.dirty ? { kind: "typing" } : { kind: "saved", at: this.drafting.savedAt(answer) });
    if (this.dirty) this.schedule();
  }

  private async failed(error: unknown): Promise<void> {
    const status = error instanceof ApiProblem ? error.status : 0;
    if (status === 409 || status === 412) {
      await this.refusedOver();
      return;
    }
    // A refusal stays a refusal; 401 waits for the person to sign in again, the line for itself.
    if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) {
      this.failures += 1;
      this.tell({ kind: "refused", error });
      return;
    }
    const pause = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** this.failures);
    this.failures += 1;
    this.tell(status === 401 ? { kind: "signed-out" } : { kind: "waiting", error });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), pause);
  }

  /** Another version is at the hub: our own, whose answer was lost with the line, or another's text. */
  private async refusedOver(): Promise<void> {
    const theirs = await this.look?.().catch(() => null);
    if (theirs === null) await this.failed(new TypeError("what the hub has is not known"));
    else if (theirs && this.wasOffered(this.drafting.draftOf(theirs)))
      this.taken(this.drafting.draftOf(theirs), theirs);
    else this.tell({ kind: "conflict" });
  }

  private tell(state: SaveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

/** What was typed of a report. */
export interface TypedReport extends Typed<Draft> {
  /** A speech engine wrote of it, and the hub does not know that yet (REC-04). */
  readonly spoken: boolean;
}

export type PutReport = (draft: Draft, version: number, spoken: boolean) => Promise<Report>;

/** The saver of a report's words, and of whether a speech engine wrote them. */
export class DraftSaver extends Saver<Draft, Report> {
  readonly #voice: { unsaved: number };

  constructor(report: Report, put: PutReport, look?: Look<Report>) {
    const voice = { unsaved: 0 };
    super(
      report,
      async (draft, version) => {
        const heard = voice.unsaved;
        const saved = await put(draft, version, heard > 0);
        voice.unsaved -= heard;
        return saved;
      },
      REPORT,
      look,
    );
    this.#voice = voice;
  }

  /** A speech engine writes: the next save says so (REC-04). */
  readonly spoke = (): void => {
    this.#voice.unsaved += 1;
  };

  override typed(): TypedReport | null {
    const typed = super.typed();
    return typed && { ...typed, spoken: this.#voice.unsaved > 0 };
  }

  override resume(typed: TypedReport): boolean {
    const stands = super.resume(typed);
    if (stands && typed.spoken && this.dirty) this.spoke();
    return stands;
  }

  override replace(typed: TypedReport): void {
    if (typed.spoken) this.spoke();
    super.replace(typed);
  }
}
