/** Of all tabs of a browser one writes a report: who has the pen, and how another gets it (Web Locks). */

/** `given`: it was here, and another tab asked for it. */
export type PenState = "asking" | "mine" | "elsewhere" | "given";

export interface PenOptions {
  /** What must be saved before another tab goes on. */
  readonly beforeGiving: () => Promise<unknown>;
  readonly locks?: LockManager | undefined;
  readonly channel?: BroadcastChannel | null;
}

const CHANNEL = "dokuei.pen";
/** The tab that was here before may still be leaving. */
const SOON = 700;
/** A tab that sleeps, or that is gone without a word, is not waited for longer. */
const GIVEN_WITHIN = 3_000;

const tabs = (): BroadcastChannel | null =>
  typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);

export class Pen {
  readonly #name: string;
  readonly #options: PenOptions;
  readonly #locks: LockManager | undefined;
  readonly #listeners = new Set<() => void>();
  #channel: BroadcastChannel | null = null;
  #state: PenState = "asking";
  #release: (() => void) | null = null;
  #ended = false;

  constructor(itemId: string, options: PenOptions) {
    this.#name = `dokuei report ${itemId}`;
    this.#options = options;
    this.#locks = "locks" in options ? options.locks : navigator.locks;
  }

  readonly state = (): PenState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes the pen where no other tab has it. A browser without locks has one pen for each tab. */
  begin(): void {
    this.#ended = false;
    this.#channel = this.#options.channel === undefined ? tabs() : this.#options.channel;
    if (this.#channel !== null) {
      this.#channel.onmessage = ({ data }: MessageEvent<string>) => {
        if (data === this.#name) void this.#give();
      };
    }
    if (this.#locks === undefined) this.#tell("mine");
    else void this.#request({ signal: AbortSignal.timeout(SOON) });
  }

  /** Asks the tab that has it to save and to give it; takes it where none answers. */
  async take(): Promise<void> {
    this.#tell("asking");
    this.#channel?.postMessage(this.#name);
    const given = await this.#request({ signal: AbortSignal.timeout(GIVEN_WITHIN) });
    if (!given && !this.#ended) await this.#request({ steal: true });
  }

  end(): void {
    this.#ended = true;
    this.#channel?.close();
    this.#channel = null;
    this.#letGo();
  }

  async #give(): Promise<void> {
    if (this.#state !== "mine") return;
    await this.#options.beforeGiving().catch(() => undefined);
    this.#tell("given");
    this.#letGo();
  }

  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      let granted = false;
      const held = (): Promise<void> | undefined => {
        if (this.#ended) return undefined;
        granted = true;
        this.#tell("mine");
        resolve(true);
        return new Promise((release) => {
          this.#release = release;
        });
      };
      this.#locks?.request(this.#name, options, held).then(
        () => resolve(granted),
        () => {
          // Not in time; or another tab has taken it.
          if (!this.#ended) this.#tell(granted ? "given" : "elsewhere");
          resolve(false);
        },
      );
    });
  }

  #letGo(): void {
    this.#release?.();
    this.#release = null;
  }

  #tell(state: PenState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
