import type { InstanceEntry, SeriesEntry, StudyImages } from "@/api/types";
import { breastView } from "./breastView";
import { number, numbers, text, type Dataset } from "./dicomJson";
import { describeDocument } from "./document";
import type { DocumentObject, Frame, Instance, Series, Study } from "./frame";
import { frameTimes } from "./frameTimes";
import { frameAttributes, type FrameAttributes } from "./functionalGroups";
import { geometryOf } from "./geometry";
import { modalityTransform, pixelDescription, voiChoices } from "./pixelModule";
import { instanceUrl } from "./address";
import { transferSyntax } from "./transferSyntax";

/** Joins what the hub proves about a study (lengths, digests) with what the objects say about themselves (metadata). */
export function describeStudy(images: StudyImages, metadata: readonly Dataset[]): Study {
  const datasets = new Map(metadata.map((dataset) => [text(dataset, "00080018"), dataset]));
  return {
    siteId: images.site_id,
    studyInstanceUid: images.study_instance_uid,
    studyDate: images.study_date,
    description: images.study_description,
    series: images.series.map((series) => describeSeries(images, series, datasets)),
  };
}

function describeSeries(images: StudyImages, series: SeriesEntry, datasets: ReadonlyMap<string, Dataset>): Series {
  const frames: Frame[] = [];
  const documents: DocumentObject[] = [];
  for (const entry of series.instances) {
    const dataset = datasets.get(entry.sop_instance_uid) ?? {};
    if (isImage(entry)) frames.push(...describeInstance(images, series, entry, dataset));
    else documents.push(describeDocument(images, series, entry, dataset));
  }
  return {
    seriesInstanceUid: series.series_instance_uid,
    seriesNumber: series.series_number,
    modality: series.modality,
    description: series.series_description,
    laterality: series.laterality,
    bodyPartExamined: series.body_part_examined,
    frames,
    documents,
  };
}

function isImage(entry: InstanceEntry): boolean {
  return (
    entry.frames.length > 0 && (entry.rows ?? 0) > 0 && transferSyntax(entry.transfer_syntax_uid).coding !== "video"
  );
}

function describeInstance(images: StudyImages, series: SeriesEntry, entry: InstanceEntry, dataset: Dataset): Frame[] {
  const instance: Instance = {
    sopInstanceUid: entry.sop_instance_uid,
    sopClassUid: entry.sop_class_uid,
    seriesInstanceUid: series.series_instance_uid,
    studyInstanceUid: images.study_instance_uid,
    modality: series.modality,
    instanceNumber: entry.instance_number,
    numberOfFrames: entry.frames.length,
    transferSyntaxUid: entry.transfer_syntax_uid,
    sourceTransferSyntaxUid: entry.source_transfer_syntax_uid,
    proof: entry.proof,
    reason: entry.reason,
    lossy: entry.lossy,
    receivedAt: entry.received_at,
    breast: breastView(dataset),
    dataset,
  };
  const pixel = pixelDescription({ ...dataset, ...sizeOf(dataset, entry) });
  const at = instanceUrl(images, series, entry);
  const times = frameTimes(dataset, entry.frames.length);
  return entry.frames.map((frame, index) => {
    const attributes = frameAttributes(dataset, index + 1);
    const modality = modalityTransform(attributes, pixel);
    const url = `${at}/frames/${index + 1}`;
    return {
      imageId: `dokuei:${url}`,
      url,
      instance,
      frameNumber: index + 1,
      length: frame.length,
      digest: frame.digest,
      digestOf: frame.digest_of,
      resolutionEnds: frame.resolution_ends,
      pixel,
      modality,
      // A window is for grey images alone (PS3.3 C.11.2).
      voi: pixel.samplesPerPixel > 1 || pixel.palette !== null ? [] : voiChoices(attributes, modality, pixel),
      geometry: geometryOf(attributes),
      temporal: temporalKey(attributes),
      frameTime: times[index] ?? null,
    };
  });
}

/** Rows and columns stand in the images document too: a study whose metadata is poor still opens. */
function sizeOf(dataset: Dataset, entry: InstanceEntry): Dataset {
  return {
    "00280010": dataset["00280010"] ?? { vr: "US", Value: [entry.rows] },
    "00280011": dataset["00280011"] ?? { vr: "US", Value: [entry.columns] },
  };
}

/** Temporal position, acquisition, echo and trigger time, in the order in which they split a series into phases. */
function temporalKey(attributes: FrameAttributes): number[] {
  const { object } = attributes;
  const content = attributes.group("00209111");
  const time = (value: string): number => (/^\d{6}/.test(value) ? Number.parseFloat(value) : 0);
  return [
    number(content ?? object, "00209128") ?? number(object, "00200100") ?? 0,
    number(attributes.group("00209310") ?? {}, "00209153") ?? 0,
    number(object, "00200012") ?? 0,
    numbers(object, "00180086")[0] ?? 0,
    number(attributes.group("00189117") ?? {}, "00189087") ?? number(object, "00189087") ?? 0,
    number(object, "00181060") ?? 0,
    content === null ? time(text(object, "00080032")) : 0,
  ];
}
