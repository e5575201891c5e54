import { call } from "@/api/client";
import { FrameBytes, fetchFrame } from "@/images/fetchFrame";
import { inlineBytes, number } from "@/images/dicomJson";
import { sha256 } from "@/images/decode/decode";
import type { DocumentObject } from "@/images/frame";

/** A document's own bytes as they came here, and what may be said of them. */
export interface FetchedDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
  /** Every piece has the digest that was taken at the source; null where none was taken of such an object. */
  readonly proved: boolean | null;
}

export type Progress = (share: number) => void;

const ENCAPSULATED_DOCUMENT = "00420011";
const ENCAPSULATED_DOCUMENT_LENGTH = "00420015";

/** The document inside an object, without the byte that pads it to an even length (PS3.3 C.24.2). */
export async function fetchEncapsulated(
  document: DocumentObject,
  signal: AbortSignal,
  progress: Progress,
): Promise<FetchedDocument> {
  const inline = inlineBytes(document.dataset[ENCAPSULATED_DOCUMENT]);
  const padded = (inline as Uint8Array<ArrayBuffer> | null) ?? (await fetchBulk(document, signal, progress));
  const own = number(document.dataset, ENCAPSULATED_DOCUMENT_LENGTH) ?? 0;
  const bytes = own > 0 && own < padded.length ? padded.subarray(0, own) : padded;
  return { bytes, digest: await sha256(bytes), proved: null };
}

async function fetchBulk(
  document: DocumentObject,
  signal: AbortSignal,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = `${document.url}/bulkdata/${ENCAPSULATED_DOCUMENT}`;
  const accept = "application/octet-stream";
  const head = await call(url, { method: "HEAD", headers: { Accept: accept }, signal });
  const bytes = new FrameBytes(Number(head.headers.get("content-length") ?? 0));
  await fetchFrame(bytes, {
    url,
    accept,
    until: bytes.buffer.length,
    signal,
    arrived: () => progress(bytes.received / bytes.buffer.length),
  });
  return bytes.buffer;
}

/** A video's stream, its fragments put together; each is compared with the digest that was taken at the source. */
export async function fetchStream(
  { url, fragments }: DocumentObject,
  signal: AbortSignal,
  progress: Progress,
): Promise<FetchedDocument> {
  const bytes = new Uint8Array(fragments.reduce((sum, { length }) => sum + length, 0));
  let [at, proved] = [0, true];
  for (const [index, fragment] of fragments.entries()) {
    const piece = new FrameBytes(fragment.length);
    await fetchFrame(piece, {
      url: `${url}/frames/${index + 1}`,
      until: fragment.length,
      signal,
      arrived: () => progress((at + piece.received) / bytes.length),
    });
    proved &&= fragment.digest_of === "encoded" && (await sha256(piece.buffer)) === fragment.digest;
    bytes.set(piece.buffer, at);
    at += fragment.length;
  }
  return { bytes, digest: await sha256(bytes), proved };
}
