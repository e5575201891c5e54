/** How fast bytes come while something is being fetched; what is asked for at once is measured by it. Pure. */

const SAMPLE_MILLISECONDS = 250;
const NEWEST = 0.4;

export class LineRate {
  #bytes = 0;
  #since: number | null = null;
  #rate: number | null = null;

  /** Bytes a second; null as long as nothing is known. */
  get bytesPerSecond(): number | null {
    return this.#rate;
  }

  /** Something is on its way from now on. */
  busy(now: number): void {
    this.#since ??= now;
  }

  /** Nothing is: a pause says nothing about the line. */
  idle(): void {
    this.#since = null;
    this.#bytes = 0;
  }

  came(count: number, now: number): void {
    this.#bytes += count;
    const since = this.#since;
    if (since === null || now - since < SAMPLE_MILLISECONDS) return;
    const rate = (this.#bytes * 1000) / (now - since);
    // What the line has done it can do: only a slower sample may be chance, as while the page was busy.
    const known = this.#rate ?? 0;
    this.#rate = rate >= known ? rate : known + NEWEST * (rate - known);
    this.#since = now;
    this.#bytes = 0;
  }
}
