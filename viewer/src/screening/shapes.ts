import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type NewScreeningBatch = Schemas["BatchIn"];
export type ListedBatch = Schemas["BatchOut"];
export type ScreeningBatch = Schemas["WholeBatchOut"];
export type ScreeningBatches = Schemas["BatchesOut"];
export type BatchCounts = Schemas["BatchCountsOut"];
export type Examinee = Schemas["ExamineeOut"];
export type Stage = Examinee["stage"];
export type RosterOutcome = Schemas["RosterOut"];
export type RosterLine = Schemas["RosterLineOut"];
