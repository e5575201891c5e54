/** One dictation after another: begun by hand, on this machine only, over at once when somebody says so. */
import { withPhrases, type Engine, type HeardEvent, type Recogniser, type SpokenLanguage } from "./engine";

export type Trouble = "not_allowed" | "no_microphone" | "no_language" | "failed";

export interface DictationState {
  readonly listening: boolean;
  /** The microphone is open. */
  readonly hearing: boolean;
  /** What is being said and may still change. */
  readonly passing: string;
  readonly trouble: Trouble | null;
}

const SILENT: DictationState = { listening: false, hearing: false, passing: "", trouble: null };
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "not-allowed": "not_allowed",
  "service-not-allowed": "not_allowed",
  "audio-capture": "no_microphone",
  "language-not-supported": "no_language",
};
/** Ends of a dictation that are nobody's trouble. */
const QUIET = new Set(["aborted", "no-speech"]);

/** Whether it took the order to hear on this machine alone. */
function heldHere(recogniser: Recogniser): boolean {
  recogniser.processLocally = true;
  return recogniser.processLocally;
}

export class Dictation {
  private state: DictationState = SILENT;
  private recogniser: Recogniser | null = null;
  private expectsNoWords = false;
  private readonly listeners = new Set<() => void>();

  private readonly engine: Engine | null;
  private readonly place: object;

  constructor(engine: Engine | null, place: object = window) {
    this.engine = engine;
    this.place = place;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly currentState = (): DictationState => this.state;

  /** `write` takes what was said, as soon as it is final. */
  start(language: SpokenLanguage, words: readonly string[], write: (said: string) => void): void {
    this.abort();
    if (this.engine === null) return;
    const recogniser = new this.engine();
    recogniser.lang = language;
    recogniser.continuous = true;
    recogniser.interimResults = true;
    if (!this.expectsNoWords) withPhrases(recogniser, words, this.place);
    recogniser.onresult = (event) => this.heard(recogniser, event, write);
    recogniser.onaudiostart = () => this.opened(recogniser);
    recogniser.onend = () => this.ended(recogniser);
    recogniser.onerror = ({ error }) => this.failed(recogniser, error, () => this.start(language, words, write));
    if (!heldHere(recogniser)) {
      this.tell({ ...SILENT, trouble: "failed" });
      return;
    }
    this.recogniser = recogniser;
    this.tell({ ...SILENT, listening: true });
    try {
      recogniser.start();
    } catch {
      this.failed(recogniser, "failed", () => undefined);
    }
  }

  /** No more is heard; what was said last is still written. */
  stop(): void {
    this.recogniser?.stop();
  }

  /** Over at once: nothing more is heard, and nothing more is written. */
  abort(): void {
    const recogniser = this.recogniser;
    if (recogniser === null) return;
    this.recogniser = null;
    recogniser.abort();
    this.tell(SILENT);
  }

  private opened(recogniser: Recogniser): void {
    if (recogniser === this.recogniser) this.tell({ ...this.state, hearing: true });
  }

  private heard(recogniser: Recogniser, { results, resultIndex }: HeardEvent, write: (said: string) => void): void {
    if (recogniser !== this.recogniser) return;
    let passing = "";
    for (let index = resultIndex; index < results.length; index += 1) {
      const said = results[index]?.[0]?.transcript ?? "";
      if (results[index]?.isFinal === true) write(said);
      else passing += said;
    }
    if (recogniser === this.recogniser) this.tell({ ...this.state, passing });
  }

  private ended(recogniser: Recogniser): void {
    if (recogniser !== this.recogniser) return;
    this.recogniser = null;
    this.tell({ ...SILENT, trouble: this.state.trouble });
  }

  private failed(recogniser: Recogniser, error: string, again: () => void): void {
    if (recogniser !== this.recogniser) return;
    this.recogniser = null;
    if (error === "phrases-not-supported" && !this.expectsNoWords) {
      this.expectsNoWords = true;
      again();
    } else this.tell({ ...SILENT, trouble: QUIET.has(error) ? null : (TROUBLES[error] ?? "failed") });
  }

  private tell(state: DictationState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
