/**
 * How frames lie in a pack: one record after the other, each encrypted by itself (AES-256-GCM), bound to its pack. Pure.
 *
 * A record is a sign and two lengths in the clear (12 bytes, big-endian: sign, head, body), then head and body, each
 * 12 bytes of nonce, the ciphertext and its tag. The head names the frame; without the key a pack tells how many
 * frames it holds and how long they are, and nothing else.
 */

export const LENGTHS = 12;
const SIGN = 0x444b5031;
const NONCE = 12;
const TAG = 16;
const LONGEST_HEAD = 4096;
const LONGEST_BODY = 1 << 30;

export interface Lengths {
  readonly head: number;
  readonly body: number;
}

/** What the clear part says; null where no record begins. */
export function lengthsIn(clear: Uint8Array): Lengths | null {
  if (clear.length < LENGTHS) return null;
  const view = new DataView(clear.buffer, clear.byteOffset, LENGTHS);
  const [sign, head, body] = [view.getUint32(0), view.getUint32(4), view.getUint32(8)];
  const plausible = sign === SIGN && head > NONCE + TAG && head <= LONGEST_HEAD && body >= NONCE + TAG;
  return plausible && body <= LONGEST_BODY ? { head, body } : null;
}

/** Nonce, ciphertext and tag; opens in no other place. */
export async function sealed(
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer>,
  place: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytesOf(place) }, key, data);
  const out = new Uint8Array(NONCE + cipher.byteLength);
  out.set(iv);
  out.set(new Uint8Array(cipher), NONCE);
  return out;
}

/** Throws where the key is another, or a byte or the place is. */
export async function unsealed(
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer>,
  place: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = data.subarray(0, NONCE);
  const parameters = { name: "AES-GCM", iv, additionalData: bytesOf(place) };
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, data.subarray(NONCE)));
}

/** One record for a frame that is named `name`. */
export async function recordOf(
  key: CryptoKey,
  pack: string,
  name: string,
  frame: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = await sealed(key, bytesOf(name), headOf(pack));
  const body = await sealed(key, frame, bodyOf(pack, name));
  const out = new Uint8Array(LENGTHS + head.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, SIGN);
  view.setUint32(4, head.length);
  view.setUint32(8, body.length);
  out.set(head, LENGTHS);
  out.set(body, LENGTHS + head.length);
  return out;
}

/** How long a frame's body is in its record. */
export const bodyLength = (frame: number): number => NONCE + frame + TAG;

/** What a head and a body are bound to: neither opens in another pack, nor a body under another name. */
export const headOf = (pack: string): string => `dokuei pack ${pack}`;
export const bodyOf = (pack: string, name: string): string => `dokuei pack ${pack} ${name}`;

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
