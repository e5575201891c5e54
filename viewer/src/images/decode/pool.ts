import type { DecodeAnswer, DecodeRequest, Ready } from "./messages";

export interface DecodePool {
  /** Starts the workers; resolves when one can decode, or when it is clear that it never will. */
  begin(): Promise<void>;
  /**
   * Lower ranks first, as they are when a worker is free: a reader who has gone on does not wait for what he has left.
   * `signal` takes a task that has not begun out of the queue.
   */
  decode(request: Omit<DecodeRequest, "task">, rank: () => number, signal?: AbortSignal): Promise<DecodeAnswer>;
  /** Ends the workers; the next task starts new ones. */
  close(): void;
}

interface Task {
  readonly request: DecodeRequest;
  readonly rank: () => number;
  readonly resolve: (answer: DecodeAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class Aborted extends Error {
  override readonly name = "AbortError";
}

const makeWorker = (): Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "decode" });

/** Workers for this machine: one core stays with the page. */
export const workersHere = (): number => Math.min(Math.max((navigator.hardwareConcurrency || 2) - 1, 2), 6);

/** Decodes on a few workers, the most wanted frame first. A worker that dies is replaced, and its task fails. */
export function decodePool(size: number = workersHere(), spawn: () => Worker = makeWorker): DecodePool {
  const waiting: Task[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Task>();
  let lastTask = 0;
  let ready = false;
  const wantReady: (() => void)[] = [];

  /** Whoever waits for a first worker goes on. */
  const goOn = (): void => {
    ready = true;
    for (const resolve of wantReady.splice(0)) resolve();
  };

  const next = (): void => {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? (busy.size < size ? started() : undefined);
      if (worker === undefined) return;
      const task = waiting.splice(mostWanted(waiting), 1)[0];
      if (task === undefined) return;
      busy.set(worker, task);
      worker.postMessage(task.request, [task.request.encoded]);
    }
  };

  const started = (): Worker => {
    const worker = spawn();
    worker.onmessage = (event: MessageEvent<DecodeAnswer | Ready>): void => {
      if ("ready" in event.data) {
        goOn();
        return;
      }
      const task = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      task?.resolve(event.data);
      next();
    };
    worker.onerror = (event): void => {
      const task = busy.get(worker);
      busy.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      worker.terminate();
      goOn();
      task?.reject(new Error(`decode worker: ${event.message}`));
      next();
    };
    return worker;
  };

  return {
    begin: () => {
      while (busy.size + idle.length < size) idle.push(started());
      return ready ? Promise.resolve() : new Promise<void>((resolve) => wantReady.push(resolve));
    },
    decode: (request, rank, signal) =>
      new Promise((resolve, reject) => {
        lastTask += 1;
        const leave = (): void => {
          const at = waiting.indexOf(task);
          if (at < 0) return;
          waiting.splice(at, 1);
          reject(new Aborted("not wanted any more"));
        };
        const done = (answer: DecodeAnswer): void => {
          signal?.removeEventListener("abort", leave);
          resolve(answer);
        };
        const task: Task = { request: { ...request, task: lastTask }, rank, resolve: done, reject };
        waiting.push(task);
        signal?.addEventListener("abort", leave, { once: true });
        next();
      }),
    close: () => {
      for (const worker of [...idle, ...busy.keys()]) worker.terminate();
      const left = [...waiting, ...busy.values()];
      idle.length = 0;
      waiting.length = 0;
      busy.clear();
      goOn();
      ready = false;
      for (const task of left) task.reject(new Aborted("the workers were closed"));
    },
  };
}

/** In milliseconds. */
const AHEAD_FOR = 10_000;

let ahead: { readonly pool: DecodePool; readonly end: ReturnType<typeof setTimeout> } | null = null;

/** Workers begin while a case is on its way; they end where nobody takes them. */
export function beginAhead(make: () => DecodePool = decodePool): void {
  if (ahead !== null) return;
  const pool = make();
  const end = setTimeout(() => {
    ahead = null;
    pool.close();
  }, AHEAD_FOR);
  ahead = { pool, end };
  void pool.begin();
}

/** Those that have begun for the case that is opened now; null where none have. */
export const begunAhead = (): DecodePool | null => ahead?.pool ?? null;

/** The case has these: they are its own to close. */
export function takeAhead(pool: DecodePool): void {
  if (ahead?.pool !== pool) return;
  clearTimeout(ahead.end);
  ahead = null;
}

/** The decoder comes while nobody waits for an image yet; the browser keeps it for the workers of the first case. */
export function warmDecoder(): void {
  const pool = decodePool(1);
  void pool.begin().then(() => pool.close());
}

function mostWanted(tasks: readonly Task[]): number {
  let [best, least] = [0, Infinity];
  tasks.forEach((task, index) => {
    const rank = task.rank();
    if (rank < least) [best, least] = [index, rank];
  });
  return best;
}
