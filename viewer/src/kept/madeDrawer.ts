import type { Drawer, Sealed } from "./shelf";

/** A drawer in memory that can be denied. */
export class MadeDrawer implements Drawer {
  readonly things = new Map<string, Sealed>();
  denied = false;

  get(name: string): Promise<Sealed | null> {
    return this.denied ? DENIED() : Promise.resolve(this.things.get(name) ?? null);
  }

  put(name: string, thing: Sealed): Promise<void> {
    if (this.denied) return DENIED();
    this.things.set(name, thing);
    return Promise.resolve();
  }

  sweep(is: (thing: Sealed, name: string) => boolean): Promise<void> {
    if (this.denied) return DENIED();
    for (const [name, thing] of this.things) if (is(thing, name)) this.things.delete(name);
    return Promise.resolve();
  }
}

const DENIED = (): Promise<never> => Promise.reject(new DOMException("denied", "QuotaExceededError"));

export const madeKey = (id: string, fill = 7): { key_id: string; key: string } => ({
  key_id: id,
  key: btoa(String.fromCharCode(...new Uint8Array(32).fill(fill))),
});
