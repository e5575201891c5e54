/** Whether the open case needs the line: what is brought ahead of others waits for that, and stops for it. */
export class LineUse {
  readonly #listeners = new Set<() => void>();
  #busy = false;

  get busy(): boolean {
    return this.#busy;
  }

  set busy(busy: boolean) {
    if (busy === this.#busy) return;
    this.#busy = busy;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Told of every change; returns how to hear no more. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the line is free; rejects with the signal's reason. */
  free(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!signal.aborted && this.#busy) return;
        stop();
        signal.removeEventListener("abort", look);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const stop = this.subscribe(look);
      signal.addEventListener("abort", look);
      look();
    });
  }
}

export const lineUse = new LineUse();
