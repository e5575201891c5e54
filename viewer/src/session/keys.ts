import { getJson } from "@/api/client";
import type { BrowserKey, BrowserKeys } from "@/api/types";
import { SESSION_PATH } from "./api";

/** Keys of what this browser keeps: handed out to whoever is signed in, never kept themselves. */

export const browserKeys = (): Promise<BrowserKeys> => getJson<BrowserKeys>(`${SESSION_PATH}/keys`);

export const keyBytes = ({ key }: BrowserKey): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** A name that says nothing about what is kept under it. */
export async function digestOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
