import type { InstanceEntry, SeriesEntry, StudyImages } from "@/api/types";

/** Where the hub's DICOMweb of a site is. */
export const dicomWebOf = (siteId: string): string => `/sites/${encodeURIComponent(siteId)}/dicom-web`;

/** Where one object is (PS3.18 10.4). */
export const instanceUrl = (images: StudyImages, series: SeriesEntry, entry: InstanceEntry): string =>
  [
    `${dicomWebOf(images.site_id)}/studies/${images.study_instance_uid}`,
    `series/${series.series_instance_uid}`,
    `instances/${entry.sop_instance_uid}`,
  ].join("/");

/** Where parts of a study's frames are asked for together, by the address of one of them. */
export const partsUrl = (frameUrl: string): string =>
  frameUrl.replace(/^\/sites\/([^/]+)\/dicom-web\/studies\/([^/]+)\/.*$/, "/api/v1/sites/$1/studies/$2/frame-parts");
