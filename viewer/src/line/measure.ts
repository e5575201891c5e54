/**
 * A line measured as the page uses it, over the connection that images come by. Each way goes in rounds that grow until
 * one lasts long enough to tell the line's rate from its beginning. Loss and path MTU are the hub's to see.
 */

export interface Counters {
  readonly connection: string;
  readonly sent: number;
  readonly sent_again: number;
  readonly path_mtu: number;
}

export interface Way {
  readonly ping: (signal: AbortSignal) => Promise<unknown>;
  readonly down: (size: number, arrived: (count: number) => void, signal: AbortSignal) => Promise<void>;
  readonly up: (size: number, signal: AbortSignal) => Promise<unknown>;
  /** What the hub's end of this connection knows; null where it sees none. */
  readonly counters: (signal: AbortSignal) => Promise<Counters | null>;
}

export interface Measured {
  readonly down_bits: number;
  readonly up_bits: number;
  readonly round_trip_ms: number;
  readonly round_trip_loaded_ms: number;
  readonly jitter_ms: number;
  readonly loss: number | null;
  readonly path_mtu: number | null;
  readonly seconds: number;
}

export interface MeasureOptions {
  readonly signal: AbortSignal;
  /** 0 to 1. */
  readonly progress: (share: number) => void;
  readonly now?: () => number;
}

/** Nobody waits longer for a check (NET-20). */
export const LONGEST_MS = 15_000;
const LARGEST_DOWN = 32 * 2 ** 20;
const LARGEST_UP = 8 * 2 ** 20;
const FIRST_ROUND = 64 * 2 ** 10;
const GROWTH = 8;
const ENOUGH_MS = 1_500;
const WANTED_MS = 2_500;
const EACH_WAY_MS = 5_000;
const PINGS = 10;
const PINGS_MS = 3_000;
const BETWEEN_PINGS_MS = 50;
const LEAST_MS = 0.1;
const LEAST_SEGMENTS = 100;
const BITS = 8;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
};

/** How much one round trip differs from the next, on average. */
export const jitterOf = (values: readonly number[]): number =>
  values.slice(1).reduce((sum, value, index) => sum + Math.abs(value - (values[index] ?? value)), 0) /
  Math.max(values.length - 1, 1);

/** The share of segments that were lost in between; null over another connection, or where too few were sent. */
export function lossBetween(before: Counters | null, after: Counters | null): number | null {
  if (before === null || before.connection !== after?.connection) return null;
  const sent = after.sent - before.sent;
  return sent < LEAST_SEGMENTS ? null : Math.min(Math.max(after.sent_again - before.sent_again, 0) / sent, 1);
}

export async function measure(
  way: Way,
  { signal, progress, now = () => performance.now() }: MeasureOptions,
): Promise<Measured> {
  const began = now();
  const roundTrip = async (): Promise<number> => {
    const asked = now();
    await way.ping(signal);
    return now() - asked;
  };

  const counters = (): Promise<Counters | null> => way.counters(signal);
  await way.ping(signal);
  const idle: number[] = [];
  for (const pings = now(); idle.length < PINGS && (idle.length === 0 || now() - pings < PINGS_MS);) {
    idle.push(await roundTrip());
    progress((0.15 * idle.length) / PINGS);
  }

  const loaded: number[] = [];
  const bring = async (size: number): Promise<readonly [number, number]> => {
    let [first, last, bytes] = [-1, 0, 0];
    await way.down(
      size,
      (count) => {
        last = now();
        if (first < 0) first = last;
        else bytes += count;
      },
      signal,
    );
    return [bytes, Math.max(last - first, LEAST_MS)];
  };
  const full = new AbortController();
  const pinging = pingWhile(full.signal, signal, roundTrip, loaded);
  const down = await grown(bring, counters, LARGEST_DOWN, now, (share) => progress(0.15 + 0.5 * share)).finally(() => {
    full.abort();
  });
  await pinging;

  const answer = median(idle);
  const send = async (size: number): Promise<readonly [number, number]> => {
    const asked = now();
    await way.up(size, signal);
    return [size, Math.max(now() - asked - answer, LEAST_MS)];
  };
  const up = await grown(send, counters, LARGEST_UP, now, (share) => progress(0.65 + 0.35 * share));
  const after = await way.counters(signal);
  progress(1);
  return {
    down_bits: down.rate * BITS,
    up_bits: up.rate * BITS,
    round_trip_ms: answer,
    round_trip_loaded_ms: median(loaded.length > 0 ? loaded : idle),
    jitter_ms: jitterOf(idle),
    loss: down.loss,
    path_mtu: after === null || after.path_mtu === 0 ? null : after.path_mtu,
    seconds: (now() - began) / 1_000,
  };
}

/** Round trips for as long as the line is full. */
async function pingWhile(
  full: AbortSignal,
  signal: AbortSignal,
  roundTrip: () => Promise<number>,
  found: number[],
): Promise<void> {
  while (!full.aborted && !signal.aborted) {
    found.push(await roundTrip().catch(() => NaN));
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_PINGS_MS));
  }
  found.splice(0, found.length, ...found.filter((one) => !Number.isNaN(one)));
}

interface Carried {
  /** Bytes a second. */
  readonly rate: number;
  readonly loss: number | null;
}

/**
 * The last round's; none begins that would last longer than is left. While the hub still looks for the line's rate it
 * overfills it, and that is no loss.
 */
async function grown(
  transfer: (size: number) => Promise<readonly [number, number]>,
  counters: () => Promise<Counters | null>,
  largest: number,
  now: () => number,
  progress: (share: number) => void,
): Promise<Carried> {
  const began = now();
  for (let size = FIRST_ROUND; ;) {
    const before = await counters();
    const [count, milliseconds] = await transfer(size);
    const rate = count / milliseconds;
    const spent = now() - began;
    progress(Math.min(spent / EACH_WAY_MS, 1));
    const left = EACH_WAY_MS - spent;
    if (milliseconds >= ENOUGH_MS || size >= largest || left <= ENOUGH_MS / 2) {
      return { rate: rate * 1_000, loss: lossBetween(before, await counters()) };
    }
    size = Math.min(size * GROWTH, Math.max(Math.floor(rate * Math.min(WANTED_MS, left)), size * 2), largest);
  }
}
