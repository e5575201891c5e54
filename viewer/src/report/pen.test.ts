import { afterEach, describe, expect, it } from "vitest";
import { Pen, type PenState } from "./pen";

/** One lock of one name, as browsers have them (Web Locks), for the tabs of a test. */
class MadeLocks {
  #held: { readonly end: (error: Error) => void } | null = null;
  readonly #waiting = new Set<() => void>();

  request(_name: string, { signal, steal = false }: LockOptions, held: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        this.#waiting.delete(begin);
        const mine = { end: reject };
        this.#held = mine;
        void Promise.resolve(held()).then((value) => {
          if (this.#held === mine) this.#free();
          resolve(value);
        });
      };
      if (steal) {
        this.#held?.end(new DOMException("stolen", "AbortError"));
        begin();
      } else if (this.#held === null) begin();
      else {
        this.#waiting.add(begin);
        signal?.addEventListener("abort", () => {
          if (this.#waiting.delete(begin)) reject(signal.reason as Error);
        });
      }
    });
  }

  #free(): void {
    this.#held = null;
    const [next] = this.#waiting;
    next?.();
  }
}

const pens: Pen[] = [];

function tab(locks: MadeLocks, beforeGiving: () => Promise<unknown> = () => Promise.resolve()): Pen {
  const pen = new Pen("case-1", { beforeGiving, locks: locks as unknown as LockManager });
  pens.push(pen);
  pen.begin();
  return pen;
}

const becomes = (pen: Pen, wanted: PenState): Promise<void> =>
  new Promise((resolve) => {
    if (pen.state() === wanted) resolve();
    else pen.subscribe(() => pen.state() === wanted && resolve());
  });

afterEach(() => {
  for (const pen of pens.splice(0)) pen.end();
});

describe("the pen of a report", () => {
  it("is with the first tab, and the second says that it is elsewhere", async () => {
    const locks = new MadeLocks();
    const first = tab(locks);
    const second = tab(locks);
    await becomes(first, "mine");
    await becomes(second, "elsewhere");
    expect(first.state()).toBe("mine");
  });

  it("goes to the tab that asks for it, after the first has saved, and stays there", async () => {
    const locks = new MadeLocks();
    const order: string[] = [];
    const first = tab(locks, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push("saved");
    });
    const second = tab(locks);
    await becomes(second, "elsewhere");
    const taken = second.take().then(() => order.push("taken"));
    await taken;
    expect(order).toEqual(["saved", "taken"]);
    expect([first.state(), second.state()]).toEqual(["given", "mine"]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect([first.state(), second.state()]).toEqual(["given", "mine"]);
  });

  it("is taken from a tab that does not answer", async () => {
    const locks = new MadeLocks();
    const asleep = new Pen("case-1", {
      beforeGiving: () => Promise.resolve(),
      locks: locks as unknown as LockManager,
      channel: null,
    });
    pens.push(asleep);
    asleep.begin();
    const second = tab(locks);
    await becomes(second, "elsewhere");
    await second.take();
    expect([asleep.state(), second.state()]).toEqual(["given", "mine"]);
  });

  it("is there for a page that is loaded again", async () => {
    const locks = new MadeLocks();
    const before = tab(locks);
    await becomes(before, "mine");
    setTimeout(() => before.end(), 200);
    const after = tab(locks);
    await becomes(after, "mine");
  });

  it("is each tab's own in a browser without locks", () => {
    const pen = new Pen("case-1", { beforeGiving: () => Promise.resolve(), locks: undefined });
    pens.push(pen);
    pen.begin();
    expect(pen.state()).toBe("mine");
  });
});
