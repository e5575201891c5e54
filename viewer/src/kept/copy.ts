import type { Kind, Shelf } from "./shelf";

/** The newest of one thing on the shelf, written one after the other: what came during a write is in the next. */
export class Copy<T> {
  readonly #shelf: Shelf;
  readonly #kind: Kind;
  readonly #of: string;
  #next: { readonly value: T | null } | null = null;
  #writing: Promise<void> | null = null;

  constructor(shelf: Shelf, kind: Kind, of: string) {
    this.#shelf = shelf;
    this.#kind = kind;
    this.#of = of;
  }

  /** Null where nothing is to lie there any more. */
  set(value: T | null): void {
    this.#next = { value };
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when all that was set lies there. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (let next = this.#next; next !== null; next = this.#next) {
      this.#next = null;
      if (next.value === null) await this.#shelf.remove(this.#kind, this.#of);
      else await this.#shelf.keep(this.#kind, this.#of, next.value);
    }
  }
}
