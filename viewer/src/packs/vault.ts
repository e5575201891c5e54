import { bodyLength, bodyOf, headOf, LENGTHS, lengthsIn, recordOf, textOf, unsealed } from "./format";

/** Packs of one page: which frames lie where, written and read through handles that only a worker has. */

/** What an OPFS file gives a worker (FileSystemSyncAccessHandle), as far as it is used. */
export interface PackFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** The folder of one page. */
export interface PackFolder {
  open(pack: string): Promise<PackFile>;
  remove(pack: string): Promise<void>;
  names(): Promise<string[]>;
}

interface Place {
  readonly pack: string;
  /** Where the body begins, and its length with nonce and tag. */
  readonly at: number;
  readonly length: number;
}

interface Pack {
  readonly file: PackFile;
  /** Where the next record goes. */
  end: number;
  /** Which use it was last used in. */
  used: number;
}

/** What became of a frame that was to be kept. */
export type Keeping = "kept" | "full" | "failed";

export class Vault {
  readonly #folder: PackFolder;
  readonly #key: CryptoKey;
  readonly #packs = new Map<string, Pack>();
  readonly #places = new Map<string, Place>();
  #budget: number;
  #uses = 0;

  constructor(folder: PackFolder, key: CryptoKey, budget: number) {
    this.#folder = folder;
    this.#key = key;
    this.#budget = budget;
  }

  /** Reads the heads of what is there; a record that was cut short is cut off, a pack that does not open removed. */
  async open(): Promise<void> {
    for (const name of await this.#folder.names()) {
      const pack = await this.#pack(name).catch(() => null);
      if (pack === null) continue;
      try {
        await this.#scan(name, pack);
      } catch {
        await this.drop(name);
      }
    }
  }

  get names(): string[] {
    return [...this.#places.keys()];
  }

  get count(): number {
    return this.#places.size;
  }

  get bytes(): number {
    let sum = 0;
    for (const pack of this.#packs.values()) sum += pack.end;
    return sum;
  }

  /** The oldest packs go that are not needed, until what is kept fits. */
  async setBudget(bytes: number, needed: ReadonlySet<string>): Promise<void> {
    this.#budget = bytes;
    while (this.bytes > this.#budget && (await this.#dropOldest(needed)));
  }

  /** Appends a frame; what nobody needs makes room. Packs that are `needed` stay, and the one that grows. */
  async keep(
    name: string,
    pack: string,
    frame: Uint8Array<ArrayBuffer>,
    needed: ReadonlySet<string>,
  ): Promise<Keeping> {
    if (this.#places.has(name)) return "kept";
    const record = await recordOf(this.#key, pack, name, frame);
    const staying = new Set([...needed, pack]);
    while (this.bytes + record.length > this.#budget) if (!(await this.#dropOldest(staying))) return "full";
    for (;;) {
      try {
        await this.#append(name, pack, record, bodyLength(frame.length));
        return "kept";
      } catch (error) {
        const full = (error as Error).name === "QuotaExceededError";
        if (!full) return "failed";
        if (!(await this.#dropOldest(staying))) return "full";
      }
    }
  }

  /** The frame's bytes; null where they are not here any more, or are not what was put there. */
  async take(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const place = this.#places.get(name);
    const pack = place === undefined ? undefined : this.#packs.get(place.pack);
    if (place === undefined || pack === undefined) return null;
    this.#uses += 1;
    pack.used = this.#uses;
    try {
      const body = new Uint8Array(place.length);
      if (pack.file.read(body, { at: place.at }) !== place.length) throw new Error("a body that was cut short");
      return await unsealed(this.#key, body, bodyOf(place.pack, name));
    } catch {
      this.#places.delete(name);
      return null;
    }
  }

  forget(name: string): void {
    this.#places.delete(name);
  }

  async drop(name: string): Promise<void> {
    for (const [frame, place] of this.#places) if (place.pack === name) this.#places.delete(frame);
    this.#packs.get(name)?.file.close();
    this.#packs.delete(name);
    await this.#folder.remove(name).catch(() => undefined);
  }

  async clear(): Promise<void> {
    for (const name of [...this.#packs.keys()]) await this.drop(name);
  }

  async #dropOldest(needed: ReadonlySet<string>): Promise<boolean> {
    const [oldest] = [...this.#packs].filter(([name]) => !needed.has(name)).sort(([, a], [, b]) => a.used - b.used);
    if (oldest === undefined) return false;
    await this.drop(oldest[0]);
    return true;
  }

  async #pack(name: string): Promise<Pack> {
    const known = this.#packs.get(name);
    if (known !== undefined) return known;
    const made = { file: await this.#folder.open(name), end: 0, used: this.#uses };
    this.#packs.set(name, made);
    return made;
  }

  async #append(name: string, packName: string, record: Uint8Array<ArrayBuffer>, length: number): Promise<void> {
    const pack = await this.#pack(packName);
    this.#uses += 1;
    pack.used = this.#uses;
    try {
      if (pack.file.write(record, { at: pack.end }) !== record.length) {
        throw new DOMException("a short write", "QuotaExceededError");
      }
    } catch (error) {
      cutBack(pack);
      throw error;
    }
    this.#places.set(name, { pack: packName, at: pack.end + record.length - length, length });
    pack.end += record.length;
  }

  async #scan(name: string, pack: Pack): Promise<void> {
    const size = pack.file.getSize();
    const clear = new Uint8Array(LENGTHS);
    while (pack.end < size) {
      pack.file.read(clear, { at: pack.end });
      const lengths = lengthsIn(clear);
      if (lengths === null || pack.end + LENGTHS + lengths.head + lengths.body > size) break;
      const head = new Uint8Array(lengths.head);
      pack.file.read(head, { at: pack.end + LENGTHS });
      const frame = textOf(await unsealed(this.#key, head, headOf(name)));
      this.#places.set(frame, { pack: name, at: pack.end + LENGTHS + lengths.head, length: lengths.body });
      pack.end += LENGTHS + lengths.head + lengths.body;
    }
    pack.file.truncate(pack.end);
  }
}

/** A write that failed may have written half a record. */
function cutBack(pack: Pack): void {
  try {
    pack.file.truncate(pack.end);
  } catch {
    // The file is gone: what it held is found missing when it is asked for.
  }
}
