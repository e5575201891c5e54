/** The image that the reader is looking at, as a finding may be linked to it. */
export interface Shown {
  readonly sop_instance_uid: string;
  readonly frame: number;
  readonly laterality: string;
}
