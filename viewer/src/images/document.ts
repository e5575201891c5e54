import type { InstanceEntry, SeriesEntry, StudyImages } from "@/api/types";
import { instanceUrl } from "./address";
import { item, items, text, type Dataset } from "./dicomJson";
import type { DocumentKind, DocumentObject } from "./frame";
import { transferSyntax } from "./transferSyntax";

const STORAGE = "1.2.840.10008.5.1.4.1.1";
const ENCAPSULATED_PDF = `${STORAGE}.104.1`;
const KEY_OBJECT_SELECTION = `${STORAGE}.88.59`;
const STRUCTURED_REPORTS = `${STORAGE}.88.`;
const PRESENTATION_STATES = `${STORAGE}.11.`;

/** Describes what is no image, from the hub's document and what the object says. */
export function describeDocument(
  images: StudyImages,
  series: SeriesEntry,
  entry: InstanceEntry,
  dataset: Dataset,
): DocumentObject {
  const kind = kindOf(entry, dataset);
  return {
    sopInstanceUid: entry.sop_instance_uid,
    sopClassUid: entry.sop_class_uid,
    studyInstanceUid: images.study_instance_uid,
    url: instanceUrl(images, series, entry),
    modality: series.modality,
    instanceNumber: entry.instance_number,
    title: titleOf(dataset) || series.series_description,
    kind,
    transferSyntaxUid: entry.transfer_syntax_uid,
    numberOfFrames: Math.max(entry.number_of_frames, 0),
    fragments: kind === "video" ? entry.frames : [],
    dataset,
  };
}

/** By what the object is (PS3.4 B.5), never by its Modality, which a sender may fill in as it likes. */
function kindOf(entry: InstanceEntry, dataset: Dataset): DocumentKind {
  const sopClass = entry.sop_class_uid;
  if (transferSyntax(entry.transfer_syntax_uid).coding === "video") return "video";
  if (sopClass === ENCAPSULATED_PDF) return "PDF";
  if (sopClass === KEY_OBJECT_SELECTION) return "KO";
  if (sopClass.startsWith(PRESENTATION_STATES)) return "PR";
  // A private class whose root is a container is as readable as a standard one.
  return sopClass.startsWith(STRUCTURED_REPORTS) || text(dataset, "0040A040") === "CONTAINER" ? "SR" : "other";
}

/** Document Title, the root's concept name, or Content Label with its description. */
function titleOf(dataset: Dataset): string {
  const named = text(dataset, "00420010") || text(item(dataset, "0040A043"), "00080104");
  return named || text(dataset, "00700081") || text(dataset, "00700080");
}

/** Whether there is something in the object that the reading room can put on the screen (IMG-13). */
export function hasContent({ kind, dataset, fragments }: DocumentObject): boolean {
  switch (kind) {
    case "SR":
    case "KO":
      return items(dataset, "0040A730").length > 0;
    case "PDF":
      return dataset["00420011"] !== undefined && mediaType(dataset) === "application/pdf";
    case "PR":
      return dataset["00700080"] !== undefined || items(dataset, "00081115").length > 0;
    case "video":
      return fragments.length > 0;
    case "other":
      return false;
  }
}

/** MIME Type of Encapsulated Document; the PDF class has no other. */
const mediaType = (dataset: Dataset): string => (text(dataset, "00420012") || "application/pdf").toLowerCase();
