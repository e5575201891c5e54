/** Whether the hub is reached: known by all that comes from it and, where nothing does, by a small question of our own. */

const HEALTH_PATH = "/api/v1/health";
const LOOK_EVERY = 200;
/** So long nothing has to come before a question is asked, and between two questions. */
const QUIET = 500;
/** So long nothing came although a question was out: the line is gone. A line that stalls tells nothing else. */
const GONE_AFTER = 1_800;
const LEAST_ASKED = 1_200;
/** The same while something large goes up: it fills the line, and everything else waits behind it. */
const GONE_AFTER_FILLED = 10_000;
/** Questions on a line that is gone: each on a connection of its own, so that none waits for a stalled one. */
const AGAIN_EVERY = 400;
const ASKED_AT_MOST = 1_500;
/** A proxy that answers for a hub that does not. */
const NOT_THE_HUB: ReadonlySet<number> = new Set([502, 503, 504]);

export interface LineState {
  /** Since when nothing comes, by this browser's clock; null where the hub is reached. */
  readonly goneSince: number | null;
}

/** What was under way on a line that is gone; whoever asked may ask again when it is back. */
export class LineGone extends TypeError {
  override readonly name = "LineGone";
}

export type Ask = (signal: AbortSignal) => Promise<boolean>;

/**
 * Without the session: a question needs none, and Chromium keeps connections without cookies apart from those that stall.
 * A door before the hub may want cookies, and sends whoever has none elsewhere.
 */
const askHub: Ask = async (signal) => {
  const question: RequestInit = { method: "HEAD", cache: "no-store", signal };
  const answer = await fetch(HEALTH_PATH, { ...question, credentials: "omit" }).catch(() => {
    signal.throwIfAborted();
    return fetch(HEALTH_PATH, { ...question, credentials: "same-origin" });
  });
  return !NOT_THE_HUB.has(answer.status);
};

const REACHED: LineState = { goneSince: null };

export class Reach {
  readonly #ask: Ask;
  readonly #listeners = new Set<() => void>();
  readonly #questions = new Map<AbortController, number>();
  readonly #pauses = new Set<() => void>();
  #state = REACHED;
  #heardAt = performance.now();
  #lookedAt = performance.now();
  #askedAt = -Infinity;
  #refused = 0;
  #filling = 0;
  #watching = false;
  #cut = new AbortController();

  constructor(ask: Ask = askHub) {
    this.#ask = ask;
  }

  readonly state = (): LineState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get gone(): boolean {
    return this.#state.goneSince !== null;
  }

  /**
   * Ends questions and drafts under way when the line goes, and what was begun without it when it is back: both are asked
   * anew. Frames are left to the hub, which sends on (images/lineTry.ts).
   */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  /** Looks after the line from now on; returns how to stop. */
  watch(): () => void {
    this.#watching = true;
    this.#lookedAt = this.#heardAt = performance.now();
    this.#askedAt = -Infinity;
    const timer = setInterval(() => this.#look(), LOOK_EVERY);
    const offline = (): void => this.#lose();
    const doubtful = (): void => this.#question();
    window.addEventListener("offline", offline);
    window.addEventListener("online", doubtful);
    return () => {
      this.#watching = false;
      clearInterval(timer);
      window.removeEventListener("offline", offline);
      window.removeEventListener("online", doubtful);
      this.#forgetQuestions();
    };
  }

  /** Something came from the hub. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#refused = 0;
    if (this.#questions.size > 0) this.#forgetQuestions();
    if (!this.gone) return;
    this.#change(REACHED);
    this.hurry();
  }

  /** An answer, whatever it is, unless a proxy gave it because the hub is not there. */
  answered(status: number): void {
    if (!NOT_THE_HUB.has(status)) this.heard();
    else this.#question();
  }

  /** A request failed on its way: that may be the line, and may be this request alone. */
  failed(): void {
    if (!this.gone && this.#questions.size === 0) this.#question();
  }

  /** Something large goes up: silence says less until it is there. */
  async whileFilled<T>(sending: Promise<T>): Promise<T> {
    this.#filling += 1;
    try {
      return await sending;
    } finally {
      this.#filling -= 1;
    }
  }

  /** Resolves when the hub is reached, at once where it is; rejects with the signal's reason. */
  async present(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.gone) await this.pause(0, signal);
  }

  /** Waits so long, and as long as the line is gone; ends at once when it is back. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        signal.removeEventListener("abort", end);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const timer = setTimeout(() => {
        if (!this.gone) end();
      }, milliseconds);
      this.#pauses.add(end);
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
    });
  }

  /** What waits need wait no longer: the line is back, or the person. */
  hurry(): void {
    for (const end of [...this.#pauses]) end();
  }

  #look(): void {
    const now = performance.now();
    // A page that stood still itself (a long task, a machine that slept) has heard nothing because of that.
    const late = now - this.#lookedAt - LOOK_EVERY;
    this.#lookedAt = now;
    if (late > LOOK_EVERY) this.#heardAt = Math.min(this.#heardAt + late, now);
    if (document.visibilityState === "hidden" && !this.gone) {
      this.#heardAt = now;
      return;
    }
    const askedFor = now - this.#askedAt;
    const isDue = this.gone ? askedFor >= AGAIN_EVERY : askedFor >= QUIET && now - this.#heardAt >= QUIET;
    if (isDue) this.#question();
    this.#judge(now);
  }

  #judge(now: number): void {
    for (const [question, at] of this.#questions) if (now - at > ASKED_AT_MOST && this.gone) question.abort();
    const first = Math.min(...this.#questions.values());
    const patience = this.#filling > 0 ? GONE_AFTER_FILLED : GONE_AFTER;
    if (!this.gone && now - this.#heardAt >= patience && now - first >= LEAST_ASKED) this.#lose();
  }

  #question(): void {
    if (!this.#watching) return;
    const question = new AbortController();
    this.#askedAt = performance.now();
    this.#questions.set(question, this.#askedAt);
    this.#ask(question.signal).then(
      (isThere) => this.#over(question, isThere),
      () => this.#over(question, false),
    );
  }

  /** One refusal may be a connection that was closed long ago; after the second nobody is there. */
  #over(question: AbortController, isThere: boolean): void {
    if (!this.#questions.delete(question)) return;
    if (isThere) this.heard();
    else if (!question.signal.aborted) {
      this.#refused += 1;
      if (this.#refused > 1) this.#lose();
      else this.#question();
    }
  }

  #lose(): void {
    if (!this.gone) this.#change({ goneSince: Date.now() - (performance.now() - this.#heardAt) });
  }

  #forgetQuestions(): void {
    const open = [...this.#questions.keys()];
    this.#questions.clear();
    for (const question of open) question.abort();
  }

  #change(state: LineState): void {
    this.#state = state;
    const cut = this.#cut;
    this.#cut = new AbortController();
    cut.abort(new LineGone("the line is gone"));
    for (const listener of [...this.#listeners]) listener();
  }
}

/** This page's line. */
export const reach = new Reach();
