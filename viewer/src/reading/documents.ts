import { canBeShown } from "@/documents/playable";
import type { DocumentObject } from "@/images/frame";
import type { OpenCase } from "./useCase";

type Shown = (document: DocumentObject) => boolean;

/** What of a case is no image, and which of it can be shown: by its kind, and by what came of opening it. */
export class Documents {
  readonly all: readonly DocumentObject[];
  readonly #able: ReadonlySet<DocumentObject>;
  readonly #failed = new Set<DocumentObject>();
  readonly #listeners = new Set<() => void>();
  #shown: Shown;

  constructor({ current, priors }: Pick<OpenCase, "current" | "priors">, able: Shown = canBeShown) {
    this.all = [current, ...priors].flatMap(({ study }) => study.series.flatMap((series) => series.documents));
    this.#able = new Set(this.all.filter(able));
    this.#shown = this.#asked();
  }

  /** It was opened, and could not be shown. */
  failed(document: DocumentObject): void {
    if (this.#failed.has(document)) return;
    this.#failed.add(document);
    this.#shown = this.#asked();
    for (const listener of this.#listeners) listener();
  }

  /** Another function after every change, as React's store wants it. */
  readonly shown = (): Shown => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #asked(): Shown {
    return (document) => this.#able.has(document) && !this.#failed.has(document);
  }
}
