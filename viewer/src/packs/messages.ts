/** What the page and the worker that holds its packs say to each other. */

export interface Opening {
  readonly kind: "open";
  readonly keyId: string;
  readonly key: Uint8Array<ArrayBuffer>;
  /** Names this page's own packs; two pages never share one. */
  readonly page: string;
  readonly budget: number;
}

export type Question =
  | Opening
  | { readonly kind: "keep"; readonly name: string; readonly pack: string; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: "take"; readonly name: string }
  | { readonly kind: "forget"; readonly name: string }
  /** Packs that must stay while others make room. */
  | { readonly kind: "need"; readonly packs: readonly string[] }
  | { readonly kind: "budget"; readonly bytes: number }
  | { readonly kind: "empty" }
  | { readonly kind: "clear" };

export type Asked = Question & { readonly task: number };

export interface Answer {
  readonly task: number;
  /** Names of the frames that are here, as far as they have changed. */
  readonly names: readonly string[] | null;
  readonly frame: Uint8Array<ArrayBuffer> | null;
  readonly kept: "kept" | "full" | "failed" | null;
  /** Bytes of all packs of this page. */
  readonly bytes: number;
  /** Why nothing can be kept at all; empty where it can. */
  readonly failure: string;
}

/** Another page of this browser has this page's name. */
export const TAKEN = "taken";
