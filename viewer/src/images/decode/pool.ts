import type { DecodeAnswer, DecodeRequest } from "./messages";

export interface DecodePool {
  /** Lower ranks first; `signal` takes a task that has not begun out of the queue. */
  decode(request: Omit<DecodeRequest, "task">, rank: number, signal?: AbortSignal): Promise<DecodeAnswer>;
  /** Ends the workers; the next task starts new ones. */
  close(): void;
}

interface Task {
  readonly request: DecodeRequest;
  readonly rank: number;
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
    worker.onmessage = (event: MessageEvent<DecodeAnswer>): void => {
      const task = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      task?.resolve(event.data);
      next();
    };
    worker.onerror = (event): void => {
      const task = busy.get(worker);
      busy.delete(worker);
      worker.terminate();
      task?.reject(new Error(`decode worker: ${event.message}`));
      next();
    };
    return worker;
  };

  return {
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
      for (const task of left) task.reject(new Aborted("the workers were closed"));
    },
  };
}

function mostWanted(tasks: readonly Task[]): number {
  let best = 0;
  tasks.forEach((task, index) => {
    if (task.rank < (tasks[best]?.rank ?? Infinity)) best = index;
  });
  return best;
}
