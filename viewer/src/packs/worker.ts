import { TAKEN, type Answer, type Asked, type Opening } from "./messages";
import { Vault, type PackFile, type PackFolder } from "./vault";

/** Holds this page's packs in the browser's private files (OPFS); what earlier sessions and pages left is removed. */

declare const self: DedicatedWorkerGlobalScope;

const ROOT = "dokuei-packs";
const LOCK = "dokuei-packs";

type Handle = FileSystemDirectoryHandle & { keys(): AsyncIterableIterator<string> };

class OpfsFolder implements PackFolder {
  readonly #folder: Handle;

  constructor(folder: Handle) {
    this.#folder = folder;
  }

  async open(pack: string): Promise<PackFile> {
    const file = await this.#folder.getFileHandle(pack, { create: true });
    return file.createSyncAccessHandle();
  }

  async remove(pack: string): Promise<void> {
    await this.#folder.removeEntry(pack);
  }

  async names(): Promise<string[]> {
    const found: string[] = [];
    for await (const name of this.#folder.keys()) found.push(name);
    return found;
  }
}

let vault: Vault | null = null;
let needed: ReadonlySet<string> = new Set();

const lockOf = (page: string): string => `${LOCK} ${page}`;

async function root(): Promise<Handle> {
  const top = await navigator.storage.getDirectory();
  return (await top.getDirectoryHandle(ROOT, { create: true })) as Handle;
}

/** Folders of other sessions, and of pages that are gone: nobody can open them, or nobody will. */
async function sweep(packs: Handle, { keyId, page }: Opening): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const alive = new Set(held.map(({ name }) => name));
  for await (const session of packs.keys()) {
    if (session !== keyId) {
      await packs.removeEntry(session, { recursive: true }).catch(() => undefined);
      continue;
    }
    const pages = (await packs.getDirectoryHandle(session)) as Handle;
    for await (const one of pages.keys()) {
      if (one === page || alive.has(lockOf(one))) continue;
      await pages.removeEntry(one, { recursive: true }).catch(() => undefined);
    }
  }
}

let lockedPage = "";

/** Throws where another page has this name. */
function lockPage(page: string): Promise<void> {
  return new Promise((resolve, reject) => {
    void navigator.locks.request(lockOf(page), { ifAvailable: true }, (lock) => {
      if (lock === null) {
        reject(new Error(TAKEN));
        return undefined;
      }
      lockedPage = page;
      resolve();
      return new Promise(() => undefined);
    });
  });
}

async function open(opening: Opening): Promise<readonly string[]> {
  await vault?.clear();
  vault = null;
  // Held as long as this worker lives: other pages see by it that this folder is somebody's.
  if (lockedPage !== opening.page) await lockPage(opening.page);
  const packs = await root();
  await sweep(packs, opening);
  const session = await packs.getDirectoryHandle(opening.keyId, { create: true });
  const own = (await session.getDirectoryHandle(opening.page, { create: true })) as Handle;
  const key = await crypto.subtle.importKey("raw", opening.key, "AES-GCM", false, ["encrypt", "decrypt"]);
  const made = new Vault(new OpfsFolder(own), key, opening.budget);
  await made.open();
  vault = made;
  return made.names;
}

/** Every file of ours, also of other sessions: nothing stays after sign-out (NET-17). */
async function clear(): Promise<void> {
  await vault?.clear();
  vault = null;
  const top = await navigator.storage.getDirectory();
  await top.removeEntry(ROOT, { recursive: true }).catch(() => undefined);
}

async function carriedOut(asked: Asked): Promise<Partial<Answer>> {
  switch (asked.kind) {
    case "open":
      return { names: await open(asked) };
    case "clear":
      await clear();
      return { names: [] };
    case "need":
      needed = new Set(asked.packs);
      return {};
    default:
      return vault === null ? { failure: "not open" } : inVault(vault, asked);
  }
}

async function inVault(open: Vault, asked: Asked): Promise<Partial<Answer>> {
  switch (asked.kind) {
    case "keep": {
      const before = open.count;
      const kept = await open.keep(asked.name, asked.pack, asked.frame, needed);
      return open.count === before + 1 ? { kept } : { kept, names: open.names };
    }
    case "take":
      return { frame: await open.take(asked.name) };
    case "forget":
      open.forget(asked.name);
      return {};
    case "empty":
      await open.clear();
      return { names: [] };
    case "budget":
      await open.setBudget(asked.bytes, needed);
      return { names: open.names };
    default:
      return {};
  }
}

let turn = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Asked>): void => {
  turn = turn.then(async () => {
    const nothing: Answer = { task: data.task, names: null, frame: null, kept: null, bytes: 0, failure: "" };
    const found = await carriedOut(data).catch((error: unknown) => ({ failure: (error as Error).message }));
    const answer = { ...nothing, bytes: vault?.bytes ?? 0, ...found };
    self.postMessage(answer, { transfer: answer.frame === null ? [] : [answer.frame.buffer] });
  });
};
