import { beforeEach, describe, expect, test } from "vitest";
import { MadeFolder } from "./madeFolder";
import { Vault } from "./vault";

const NOTHING_NEEDED: ReadonlySet<string> = new Set();
const ROOMY = 1e9;

const keyOf = (byte: number): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new Uint8Array(32).fill(byte), "AES-GCM", false, ["encrypt", "decrypt"]);

const frame = (value: number, length = 1000): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value);

let folder: MadeFolder;
let vault: Vault;

beforeEach(async () => {
  folder = new MadeFolder();
  vault = new Vault(folder, await keyOf(1), ROOMY);
});

const again = async (key = 1): Promise<Vault> => {
  const made = new Vault(folder, await keyOf(key), ROOMY);
  await made.open();
  return made;
};

describe("a vault", () => {
  test("gives back what was put there, also after the page was loaded again", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    await vault.keep("two", "a", frame(2, 50), NOTHING_NEEDED);
    await vault.keep("three", "b", frame(3), NOTHING_NEEDED);
    expect(await vault.take("two")).toEqual(frame(2, 50));
    const reloaded = await again();
    expect(new Set(reloaded.names)).toEqual(new Set(["one", "two", "three"]));
    expect(await reloaded.take("one")).toEqual(frame(1));
    expect(await reloaded.take("three")).toEqual(frame(3));
    expect(await reloaded.take("four")).toBeNull();
    expect(reloaded.bytes).toBe(folder.bytes);
  });

  test("writes neither pixels nor names in the clear", async () => {
    await vault.keep("dokuei:/studies/1.2.3", "a", frame(0xab, 4096), NOTHING_NEEDED);
    const written = Buffer.from(folder.files.get("a") ?? new Uint8Array());
    expect(written.includes(Buffer.from(frame(0xab, 16)))).toBe(false);
    expect(written.includes("studies")).toBe(false);
  });

  test("does not open with another key, and what does not open is removed", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    const stranger = await again(2);
    expect(stranger.names).toEqual([]);
    expect(folder.files.size).toBe(0);
  });

  test("cuts off a record that was cut short and goes on behind the last whole one", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    const whole = folder.bytes;
    await vault.keep("two", "a", frame(2), NOTHING_NEEDED);
    folder.files.set("a", (folder.files.get("a") ?? new Uint8Array()).slice(0, whole + 200));
    const reloaded = await again();
    expect(reloaded.names).toEqual(["one"]);
    expect(folder.bytes).toBe(whole);
    await reloaded.keep("three", "a", frame(3), NOTHING_NEEDED);
    expect(await (await again()).take("three")).toEqual(frame(3));
  });

  test("gives out nothing of which a byte was altered, wherever it was", async () => {
    await vault.keep("one", "a", frame(1, 64), NOTHING_NEEDED);
    const good = folder.files.get("a") ?? new Uint8Array();
    for (let at = 0; at < good.length; at += 1) {
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ 1;
      folder.files.set("a", bad);
      const found = await (await again()).take("one");
      expect(found, `byte ${at}`).toBeNull();
    }
  });

  test("does not take one frame's record for another's, nor one pack for another", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    folder.files.set("b", (folder.files.get("a") ?? new Uint8Array()).slice());
    folder.files.delete("a");
    expect((await again()).names).toEqual([]);
  });

  test("makes room in the order of use, never by what is needed", async () => {
    const small = new Vault(folder, await keyOf(1), 3300);
    await small.keep("one", "a", frame(1), NOTHING_NEEDED);
    await small.keep("two", "b", frame(2), NOTHING_NEEDED);
    await small.keep("three", "c", frame(3), NOTHING_NEEDED);
    await small.take("one");
    expect(await small.keep("four", "d", frame(4), new Set(["c"]))).toBe("kept");
    expect(new Set(small.names)).toEqual(new Set(["one", "three", "four"]));
    expect(await small.keep("five", "e", frame(5), new Set(["a", "c", "d"]))).toBe("full");
    expect(small.names).toHaveLength(3);
    await small.setBudget(1200, new Set(["d"]));
    expect(small.names).toEqual(["four"]);
  });

  test("at the browser's quota makes room once more, and says where there is none", async () => {
    folder.quota = 2200;
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    await vault.keep("two", "b", frame(2), NOTHING_NEEDED);
    expect(await vault.keep("three", "c", frame(3), NOTHING_NEEDED)).toBe("kept");
    expect(vault.names).not.toContain("one");
    expect(await vault.take("three")).toEqual(frame(3));
    expect(await vault.keep("four", "d", frame(4), new Set(["b", "c"]))).toBe("full");
    expect(await vault.take("two")).toEqual(frame(2));
    expect(folder.bytes).toBeLessThanOrEqual(2200);
  });

  test("survives files that are denied, or deleted while in use", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    folder.files.delete("a");
    expect(await vault.take("one")).toBeNull();
    expect(vault.names).toEqual([]);
    folder.denied = true;
    expect(await vault.keep("two", "b", frame(2), NOTHING_NEEDED)).toBe("failed");
    expect(await vault.take("two")).toBeNull();
  });

  test("leaves no file after it was cleared", async () => {
    await vault.keep("one", "a", frame(1), NOTHING_NEEDED);
    await vault.keep("two", "b", frame(2), NOTHING_NEEDED);
    await vault.clear();
    expect(folder.files.size).toBe(0);
    expect(vault.bytes).toBe(0);
  });
});
