import { call, getJson } from "@/api/client";
import type { StudyImages } from "@/api/types";
import { bulkDataUris, type Dataset, type Element } from "./dicomJson";
import type { Study } from "./frame";
import { describeStudy, dicomWebOf } from "./study";

/** A study as the reading room needs it: the hub's document of its images, and what the objects say. */
export interface LoadedStudy {
  readonly images: StudyImages;
  readonly study: Study;
}

/** Values that change what is drawn, and may be too large to stand in the metadata: LUT Data and palettes. */
const DRAWN_BULK = new Set(["00283006", "00281201", "00281202", "00281203", "00281221", "00281222", "00281223"]);

export async function loadStudy(siteId: string, studyInstanceUid: string, signal: AbortSignal): Promise<LoadedStudy> {
  const images = getJson<StudyImages>(
    `/api/v1/sites/${encodeURIComponent(siteId)}/studies/${studyInstanceUid}/images`,
    signal,
  );
  const metadata = loadMetadata(siteId, studyInstanceUid, signal);
  return { images: await images, study: describeStudy(await images, await metadata) };
}

async function loadMetadata(siteId: string, studyInstanceUid: string, signal: AbortSignal): Promise<Dataset[]> {
  const path = `${dicomWebOf(siteId)}/studies/${studyInstanceUid}/metadata`;
  const answer = await call(path, { headers: { Accept: "application/dicom+json" }, signal });
  const datasets = (await answer.json()) as Dataset[];
  const wanted = datasets.flatMap((dataset) => bulkDataUris(dataset, DRAWN_BULK));
  await Promise.all(wanted.map(({ element, uri }) => putInline(element, uri, answer.url, signal)));
  return datasets;
}

/** Fetches a value that stands elsewhere and puts it where a reader of the JSON expects it. */
async function putInline(element: Element, uri: string, base: string, signal: AbortSignal): Promise<void> {
  const answer = await call(new URL(uri, base).pathname, { headers: { Accept: "application/octet-stream" }, signal });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  (element as { InlineBinary?: string }).InlineBinary = btoa(binary);
}
