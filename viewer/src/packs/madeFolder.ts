import type { PackFile, PackFolder } from "./vault";

/** Files in memory that behave like a worker's, with a quota. */
export class MadeFolder implements PackFolder {
  readonly files = new Map<string, Uint8Array>();
  quota = Infinity;
  denied = false;

  get bytes(): number {
    let sum = 0;
    for (const file of this.files.values()) sum += file.length;
    return sum;
  }

  open(pack: string): Promise<PackFile> {
    if (this.denied) return Promise.reject(new DOMException("denied", "NotAllowedError"));
    if (!this.files.has(pack)) this.files.set(pack, new Uint8Array());
    return Promise.resolve(this.#handle(pack));
  }

  remove(pack: string): Promise<void> {
    if (this.files.delete(pack)) return Promise.resolve();
    return Promise.reject(new DOMException("gone", "NotFoundError"));
  }

  names(): Promise<string[]> {
    return Promise.resolve([...this.files.keys()]);
  }

  #handle(pack: string): PackFile {
    const content = (): Uint8Array => {
      const found = this.files.get(pack);
      if (found === undefined) throw new DOMException("gone", "InvalidStateError");
      return found;
    };
    return {
      getSize: () => content().length,
      read: (into, { at }) => {
        const part = content().subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (from, { at }) => {
        const before = content();
        const more = Math.max(at + from.length - before.length, 0);
        const room = Math.min(more, this.quota - this.bytes);
        const grown = new Uint8Array(before.length + room);
        grown.set(before);
        const written = from.subarray(0, from.length - (more - room));
        grown.set(written, at);
        this.files.set(pack, grown);
        return written.length;
      },
      truncate: (size) => this.files.set(pack, content().slice(0, size)),
      flush: () => undefined,
      close: () => undefined,
    };
  }
}
