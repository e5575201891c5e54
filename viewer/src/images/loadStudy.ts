import { call } from "@/api/client";
import type { StudyImages } from "@/api/types";
import { bulkDataUris, type Dataset, type Element } from "./dicomJson";
import type { Study } from "./frame";
import { dicomWebOf } from "./address";
import { describeStudy } from "./study";

/** The hub's document of a study's images, and the tag that changes with it. */
export interface ImagesDocument {
  readonly images: StudyImages;
  readonly etag: string;
}

/** A study as the reading room needs it: the hub's document of its images, and what the objects say. */
export interface LoadedStudy extends ImagesDocument {
  readonly study: Study;
}

/** Values that change what is drawn, and may be too large to stand in the metadata: LUT Data and palettes. */
const DRAWN_BULK = new Set(["00283006", "00281201", "00281202", "00281203", "00281221", "00281222", "00281223"]);

const imagesOf = (siteId: string, studyInstanceUid: string): string =>
  `/api/v1/sites/${encodeURIComponent(siteId)}/studies/${studyInstanceUid}/images`;

async function documentOf(answer: Response): Promise<ImagesDocument> {
  return { images: (await answer.json()) as StudyImages, etag: answer.headers.get("etag") ?? "" };
}

/** `headers` go with each request: what is brought ahead is nobody at work (AUTH-11). */
export async function loadStudy(
  siteId: string,
  studyInstanceUid: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<LoadedStudy> {
  const document = call(imagesOf(siteId, studyInstanceUid), { signal, headers }).then(documentOf);
  const metadata = loadMetadata(siteId, studyInstanceUid, signal, headers);
  // Listened to from the start, so that the one that fails while the other is awaited is no unheard rejection.
  const [{ images, etag }, datasets] = await Promise.all([document, metadata]);
  return { images, etag, study: describeStudy(images, datasets) };
}

/** The document as it is now, asked for without anybody being at work (AUTH-11); itself where nothing has changed. */
export async function pollImages(known: ImagesDocument, siteId: string, signal: AbortSignal): Promise<ImagesDocument> {
  const headers = { "X-Dokuei-Background": "1", "If-None-Match": known.etag };
  const answer = await call(imagesOf(siteId, known.images.study_instance_uid), { headers, signal });
  return answer.status === 304 ? known : documentOf(answer);
}

async function loadMetadata(
  siteId: string,
  studyInstanceUid: string,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<Dataset[]> {
  const path = `${dicomWebOf(siteId)}/studies/${studyInstanceUid}/metadata`;
  const answer = await call(path, { headers: { Accept: "application/dicom+json", ...headers }, signal });
  const datasets = (await answer.json()) as Dataset[];
  const wanted = datasets.flatMap((dataset) => bulkDataUris(dataset, DRAWN_BULK));
  await Promise.all(wanted.map(({ element, uri }) => putInline(element, uri, answer.url, signal, headers)));
  return datasets;
}

/** Fetches a value that stands elsewhere and puts it where a reader of the JSON expects it. */
async function putInline(
  element: Element,
  uri: string,
  base: string,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<void> {
  const wanted = { Accept: "application/octet-stream", ...headers };
  const answer = await call(new URL(uri, base).pathname, { headers: wanted, signal });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  (element as { InlineBinary?: string }).InlineBinary = btoa(binary);
}
