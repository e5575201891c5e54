import { BrowserStore } from "@/api/database";
import type { BrowserKey } from "@/api/types";
import { bytesOf, sealed, textOf, unsealed } from "@/packs/format";
import { digestOf, keyBytes } from "@/session/keys";

/**
 * What was written here and is not at the hub yet, and where a reader was: on this computer's disk, under the person's
 * own key, which only the hub hands out. Neither names nor contents tell anything without it.
 */

/** Words of a report, of a message, of a request; where in a case its reader was. */
export type Words = "draft" | "message" | "request";
export type Kind = Words | "place";

const DAY = 24 * 3_600_000;
const MONTH = 30 * DAY;
const KEPT_FOR: Readonly<Record<Kind, number>> = { draft: MONTH, message: MONTH, request: MONTH, place: DAY / 2 };

export interface Sealed {
  readonly kind: Kind;
  /** By this computer's clock. */
  readonly at: number;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** Where sealed things lie, by name. */
export interface Drawer {
  get(name: string): Promise<Sealed | null>;
  put(name: string, thing: Sealed): Promise<void>;
  /** Removes all of which this is so. */
  sweep(is: (thing: Sealed, name: string) => boolean): Promise<void>;
}

/** In this browser's database. */
class BrowserDrawer implements Drawer {
  readonly #store = new BrowserStore("dokuei-kept", "kept");

  get(name: string): Promise<Sealed | null> {
    return this.#store.within<Sealed | null>("readonly", null, (store, found) => {
      const asked = store.get(name) as IDBRequest<Sealed | undefined>;
      asked.onsuccess = () => found(asked.result ?? null);
    });
  }

  async put(name: string, thing: Sealed): Promise<void> {
    await this.#store.within("readwrite", null, (store) => store.put(thing, name));
  }

  async sweep(is: (thing: Sealed, name: string) => boolean): Promise<void> {
    await this.#store.within("readwrite", null, (store) => {
      const walk = store.openCursor();
      walk.onsuccess = () => {
        const at = walk.result;
        if (at === null) return;
        if (is(at.value as Sealed, at.key as string)) at.delete();
        at.continue();
      };
    });
  }
}

export interface Found<T> {
  readonly value: T;
  readonly at: number;
}

export class Shelf {
  readonly #drawer: Drawer;
  readonly #listeners = new Set<() => void>();
  #key: { readonly id: string; readonly key: CryptoKey } | null = null;
  #keeps = false;
  #settle: () => void = () => undefined;
  readonly #settled = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });

  constructor(drawer: Drawer = new BrowserDrawer()) {
    this.#drawer = drawer;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether what is written is kept here: a key is there, and the last that was put here is here. */
  readonly keeps = (): boolean => this.#keeps;

  get isOpen(): boolean {
    return this.#key !== null;
  }

  async open({ key_id: id, ...rest }: BrowserKey, now = Date.now()): Promise<void> {
    const bytes = keyBytes({ key_id: id, ...rest });
    this.#key = { id, key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]) };
    const old = ({ kind, at }: Sealed): boolean => now - at > KEPT_FOR[kind];
    this.#tell(await worked(this.#drawer.sweep(old)));
    this.#settle();
  }

  /** There is no key: nothing will be kept, and nobody need wait for it. */
  giveUp(): void {
    this.#settle();
  }

  /** Resolves when it is known whether there is something here; waits no longer than the given time. */
  ready(atMost: number): Promise<void> {
    return Promise.race([this.#settled, new Promise<void>((resolve) => setTimeout(resolve, atMost))]);
  }

  /** Whether it lies here now; a disk that is full or forbidden loses nothing but this. */
  async keep(kind: Kind, of: string, value: unknown, at = Date.now()): Promise<boolean> {
    const key = this.#key;
    if (key === null) return false;
    const name = await this.#nameOf(kind, of);
    const thing = { kind, at, sealed: await sealed(key.key, bytesOf(JSON.stringify(value)), placeOf(name)) };
    const kept = await worked(this.#drawer.put(name, thing));
    this.#tell(kept);
    return kept;
  }

  /** What was kept; null where nothing is, or nothing that opens; undefined where there is no key, or the disk does not say. */
  async find<T>(kind: Kind, of: string): Promise<Found<T> | null | undefined> {
    const key = this.#key;
    if (key === null) return undefined;
    const name = await this.#nameOf(kind, of);
    const thing = await this.#drawer.get(name).catch(() => undefined);
    if (!thing) return thing;
    try {
      const text = textOf(await unsealed(key.key, thing.sealed, placeOf(name)));
      return { value: JSON.parse(text) as T, at: thing.at };
    } catch {
      return null;
    }
  }

  async remove(kind: Kind, of: string): Promise<void> {
    if (this.#key === null) return;
    const name = await this.#nameOf(kind, of);
    await worked(this.#drawer.sweep((_thing, one) => one === name));
  }

  async clear(kind: Kind): Promise<void> {
    await worked(this.#drawer.sweep((thing) => thing.kind === kind));
  }

  #nameOf(kind: Kind, of: string): Promise<string> {
    return digestOf(`${this.#key?.id ?? ""} ${kind} ${of}`);
  }

  #tell(keeps: boolean): void {
    if (keeps === this.#keeps) return;
    this.#keeps = keeps;
    for (const listener of this.#listeners) listener();
  }
}

const placeOf = (name: string): string => `dokuei kept ${name}`;

const worked = (doing: Promise<void>): Promise<boolean> =>
  doing.then(
    () => true,
    () => false,
  );

/** What this browser keeps for who is signed in. */
export const shelf = new Shelf();
