/** A speech engine in the browser's shape, for tests: what is said is said by the test. */
import type { Availability, Engine, HeardEvent, Recogniser } from "./engine";

export class MadeRecogniser implements Recogniser {
  static available = (): Promise<Availability> => Promise.resolve("available");
  static install = (): Promise<boolean> => Promise.resolve(true);
  static readonly made: MadeRecogniser[] = [];

  lang = "";
  continuous = false;
  interimResults = false;
  phrases: readonly object[] = [];
  onresult: Recogniser["onresult"] = null;
  onerror: Recogniser["onerror"] = null;
  onaudiostart: Recogniser["onaudiostart"] = null;
  onend: Recogniser["onend"] = null;
  readonly asked: string[] = [];
  private local = false;

  constructor() {
    MadeRecogniser.made.push(this);
  }

  get processLocally(): boolean {
    return this.local;
  }
  set processLocally(local: boolean) {
    this.local = local;
  }
  start(): void {
    this.asked.push(this.local ? "start here" : "start elsewhere");
    this.onaudiostart?.();
  }
  stop(): void {
    this.asked.push("stop");
  }
  abort(): void {
    this.asked.push("abort");
  }
  say(transcript: string, isFinal = true): void {
    this.onresult?.(heard(transcript, isFinal));
  }
}

export const heard = (transcript: string, isFinal: boolean): HeardEvent => ({
  resultIndex: 0,
  results: [{ isFinal, length: 1, 0: { transcript } }],
});

export const engine: Engine = MadeRecogniser;
