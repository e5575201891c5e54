/** What the hub and these pages tell each other of a reading request, as far as the pages name its parts. */
import type { RequestAnswer, RequestsAnswer, RequestWanted } from "@/api/types";

/** What is left out stands for its default at the hub; the pages always say it. */
type Whole<Shape> = Shape extends readonly (infer One)[]
  ? readonly Whole<One>[]
  : Shape extends object
    ? { readonly [Name in keyof Shape]-?: Whole<Exclude<Shape[Name], undefined>> }
    : Shape;

/** What may be asked. */
export type RequestIn = Whole<RequestWanted>;
export type Clinical = RequestIn["clinical"];
export type RequestPatient = RequestIn["patient"];
export type RequestPriority = RequestIn["priority"];
export type Symptom = Clinical["symptoms"][number];
export type Surgery = Clinical["surgeries"][number];
export type Relative = Clinical["family_history"][number];
export type Side = Symptom["side"];
export type SymptomKind = Symptom["kind"];
export type Zone = Exclude<Symptom["zone"], null>;

/** A request as it stands at the hub. */
export type ReadingRequest = Whole<RequestAnswer>;
export type RequestState = ReadingRequest["state"];
export type Proposal = ReadingRequest["proposals"][number];
export type Difference = ReadingRequest["differences"][number];
export type DifferingField = Difference["field"];
export type Former = ReadingRequest["former"][number];
export type Attachment = ReadingRequest["attachments"][number];
export type RequestList = Whole<RequestsAnswer>;
