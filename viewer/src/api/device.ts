/**
 * This browser's key for its session (AUTH-12): made here, never extractable, kept where no other browser can read it.
 * A copied cookie is worth nothing without it: each request carries the hub's challenge with this key's signature.
 */

import { BrowserStore } from "./database";
import { reach } from "./reach";

const keys = new BrowserStore("dokuei-device", "keys");
const NAME = "session";
const CURVE: EcKeyGenParams = { name: "ECDSA", namedCurve: "P-256" };
const CHALLENGE_PATH = "/api/v1/session/challenge";
const SIGN_IN_PATH = "/api/v1/sign-in/";
const RENEWED_AFTER = 4 * 60_000;
const LINK_SECONDS = 30;

let known: Promise<CryptoKeyPair | null> | null = null;
let challenge: { readonly asked: Promise<string | null>; readonly at: number } | null = null;
let proof: { readonly challenge: string; readonly signed: Promise<string> } | null = null;

/** As the hub writes bytes in text. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The key that is kept, and in its place `made` where there is none yet: of two pages at once, one makes it. */
const kept = (made: CryptoKeyPair | null): Promise<CryptoKeyPair | null> =>
  keys.within<CryptoKeyPair | null>(made === null ? "readonly" : "readwrite", null, (store, found) => {
    const asked = store.get(NAME) as IDBRequest<CryptoKeyPair | undefined>;
    asked.onsuccess = () => {
      found(asked.result ?? made);
      if (asked.result === undefined && made !== null) store.put(made, NAME);
    };
  });

/** Where nothing can be kept, the key lives as long as the page. */
async function made(): Promise<CryptoKeyPair | null> {
  if (!window.isSecureContext) return null;
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
  return kept(pair).catch(() => pair);
}

function present(): Promise<CryptoKeyPair | null> {
  known ??= typeof indexedDB === "undefined" ? Promise.resolve(null) : kept(null).catch(() => null);
  return known;
}

/** The public half, as sign-in names it; empty where this browser can make none. */
export async function deviceKey(): Promise<string> {
  const pair = (await present()) ?? (await (known = made().catch(() => null)));
  if (pair === null) return "";
  return base64url(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
}

async function sign(pair: CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(`dokuei session ${text}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes);
  return base64url(new Uint8Array(signature));
}

/** Null where the hub gives none; throws where the line fails: to go without would be taken for a stranger's request. */
async function askChallenge(): Promise<string | null> {
  const answer = await send(CHALLENGE_PATH, {
    method: "POST",
    headers: { "X-Dokuei-Request": "1", "X-Dokuei-Background": "1" },
    credentials: "same-origin",
    signal: reach.cut,
  });
  if (!answer.ok) return null;
  return ((await answer.json()) as { readonly challenge: string }).challenge;
}

function freshChallenge(anew: boolean): Promise<string | null> {
  if (!anew && challenge !== null && performance.now() - challenge.at < RENEWED_AFTER) return challenge.asked;
  const asked = askChallenge();
  const mine = { asked, at: performance.now() };
  challenge = mine;
  // What did not come is asked for again by the next request.
  const forget = (text: string | null): void => {
    if (text === null && challenge === mine) challenge = null;
  };
  asked.then(forget, () => forget(null));
  return asked;
}

/** What goes with a request; null where this browser has no key, or the hub has no session for it. */
async function currentProof(anew: boolean): Promise<string | null> {
  const pair = await present();
  const text = pair === null ? null : await freshChallenge(anew);
  if (pair === null || text === null) return null;
  if (proof?.challenge !== text) {
    proof = { challenge: text, signed: sign(pair, text).then((signature) => `${text}~${signature}`) };
  }
  return proof.signed;
}

/** After a sign-in the session is another one. */
function forgetProof(): void {
  challenge = null;
  proof = null;
}

/** `fetch`, with what it says about the line. */
async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(path, init);
    reach.answered(answer.status);
    return answer;
  } catch (error) {
    if (init.signal?.aborted !== true) reach.failed();
    throw error;
  }
}

/** `fetch` to our own hub, as this device; where another page has signed in meanwhile, once more with a new proof. */
export async function deviceFetch(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (path.startsWith(SIGN_IN_PATH)) {
    const key = await deviceKey();
    if (key !== "") headers.set("X-Dokuei-Device-Key", key);
    const answer = await send(path, { ...init, headers });
    if (answer.ok) forgetProof();
    return answer;
  }
  const before = await currentProof(false);
  if (before !== null) headers.set("X-Dokuei-Proof", before);
  const answer = await send(path, { ...init, headers });
  if (answer.status !== 401) return answer;
  const again = await currentProof(true);
  if (again === null || again === before) return answer;
  headers.set("X-Dokuei-Proof", again);
  return send(path, { ...init, headers });
}

/** Lets the browser itself fetch one document of the hub: a proof for this path alone, for some seconds. */
async function allowLink(path: string): Promise<void> {
  const pair = await present();
  const text = pair === null ? null : await freshChallenge(false).catch(() => null);
  if (pair === null || text === null) return;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  const signed = `${text}~${await sign(pair, `${text} ${decodeURIComponent(path)}`)}`;
  document.cookie = `dokuei_link=${signed}; path=${path}; max-age=${LINK_SECONDS}; samesite=strict${secure}`;
}

const isOurs = (link: HTMLAnchorElement): boolean =>
  link.origin === window.location.origin && link.pathname.startsWith("/api/");

/** Links to documents of the hub are followed as this device: its proof goes before the browser does. */
export function followLinks(): void {
  document.addEventListener("pointerdown", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link !== null && event.button !== 0 && isOurs(link)) void allowLink(link.pathname);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || !isOurs(link)) return;
    if (link.dataset["allowed"] === "yes") {
      delete link.dataset["allowed"];
      return;
    }
    event.preventDefault();
    void allowLink(link.pathname).finally(() => {
      link.dataset["allowed"] = "yes";
      link.dispatchEvent(new MouseEvent("click", event));
    });
  });
}
