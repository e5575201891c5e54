import type { DocumentObject } from "./frame";

/** A document for tests: a report with one heading, but for what a test says. */
export const madeDocument = (more: Partial<DocumentObject> = {}): DocumentObject => ({
  sopInstanceUid: "1.99",
  sopClassUid: "1.2.840.10008.5.1.4.1.1.88.22",
  studyInstanceUid: "1",
  url: "/sites/s/dicom-web/studies/1/series/1/instances/1.99",
  modality: "SR",
  instanceNumber: 1,
  title: "",
  kind: "SR",
  transferSyntaxUid: "1.2.840.10008.1.2.1",
  numberOfFrames: 0,
  fragments: [],
  dataset: { "0040A730": { vr: "SQ", Value: [{ "0040A040": { vr: "CS", Value: ["CONTAINER"] } }] } },
  ...more,
});
