/** What a row of the worklist is, and how rows are chosen, ordered and found; pure. */
import type { WorklistItem, WorklistStatus } from "@/api/types";

export type DueKind = "none" | "later" | "soon" | "overdue";

export interface Due {
  readonly kind: DueKind;
  readonly milliseconds: number;
}

const SOON = 60 * 60 * 1000;

/** How much time a case has left by the hub's clock; a finished case is due no more. */
export function dueOf(item: Pick<WorklistItem, "due_at" | "status">, now: number): Due {
  const at = item.due_at ? Date.parse(item.due_at) : Number.NaN;
  if (Number.isNaN(at) || item.status === "completed" || item.status === "canceled")
    return { kind: "none", milliseconds: 0 };
  const left = at - now;
  if (left < 0) return { kind: "overdue", milliseconds: left };
  return { kind: left <= SOON ? "soon" : "later", milliseconds: left };
}

/** Whole percent of the declared instances that arrived; 100 is said only when all of them have. */
export function arrivedPercent(item: Pick<WorklistItem, "arrived_instances" | "declared_instances">): number | null {
  const declared = item.declared_instances;
  if (!declared) return null;
  if (item.arrived_instances >= declared) return 100;
  return Math.min(99, Math.floor((item.arrived_instances / declared) * 100));
}

export const VIEWS = [
  "to_read",
  "waiting",
  "mine",
  "approval",
  "deferred",
  "arriving",
  "attention",
  "completed",
  "all",
] as const;
export type View = (typeof VIEWS)[number];

export function isView(text: string | null | undefined): text is View {
  return (VIEWS as readonly (string | null | undefined)[]).includes(text);
}

export const isClosed = (item: WorklistItem): boolean => item.status === "completed" || item.status === "canceled";
/** Request and images do not name the same patient: nobody reads it until that is decided (REC-10). */
export const isBlocked = (item: WorklistItem): boolean => item.request_state === "mismatch" && !isClosed(item);
const isOpen = (item: WorklistItem): boolean => !isClosed(item);

/** Whether somebody else has it in hand. */
export const isTaken = (item: WorklistItem, personId: string): boolean =>
  item.locked_by !== null && item.locked_by.person_id !== personId;

export function isMine(item: WorklistItem, personId: string): boolean {
  return item.locked_by?.person_id === personId || item.assigned_to === personId;
}

/** Whether this person has given one of the readings, and what is left is for others. */
export const isDoneBy = (item: WorklistItem, personId: string): boolean =>
  item.my_role === null &&
  item.readings.some(({ reader, signed_at }) => reader?.person_id === personId && signed_at !== null);

const isOfferedTo = (item: WorklistItem, personId: string): boolean => item.offer?.taker.person_id === personId;

const CHOOSES: Record<View, (item: WorklistItem, personId: string) => boolean> = {
  to_read: (item, personId) => isOpen(item) && item.deferral === null && !isDoneBy(item, personId),
  waiting: (item) => isOpen(item) && item.waiting !== null,
  mine: (item, personId) => isOpen(item) && (isMine(item, personId) || isOfferedTo(item, personId)),
  approval: (item) => isOpen(item) && item.awaiting_approval,
  deferred: (item) => isOpen(item) && item.deferral !== null,
  arriving: (item) => isOpen(item) && item.images_state === "arriving",
  attention: (item) => isOpen(item) && item.images_state === "problem",
  completed: (item) => item.status === "completed",
  all: () => true,
};

export function chosenBy(view: View, items: readonly WorklistItem[], personId: string): WorklistItem[] {
  return items.filter((item) => CHOOSES[view](item, personId));
}

export function countViews(items: readonly WorklistItem[], personId: string): Record<View, number> {
  const counts = Object.fromEntries(VIEWS.map((view) => [view, 0])) as Record<View, number>;
  for (const item of items) for (const view of VIEWS) if (CHOOSES[view](item, personId)) counts[view] += 1;
  return counts;
}

export const SORT_KEYS = [
  "due",
  "patient",
  "study",
  "modality",
  "site",
  "images",
  "request",
  "status",
  "reader",
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

const PRIORITY_ORDER: Record<string, number> = { stat: 0, urgent: 1, high: 2, routine: 3 };
const STATUS_ORDER: Record<WorklistStatus, number> = { in_progress: 0, scheduled: 1, completed: 2, canceled: 3 };

/** What a person must look at first. */
const REQUEST_ORDER: Record<WorklistItem["request_state"], number> = {
  mismatch: 0,
  none: 1,
  proposed: 2,
  waiting: 3,
  matched: 4,
  canceled: 5,
};

const instant = (text: string | null): number =>
  text ? Date.parse(text) || Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
const byText = new Intl.Collator("ja").compare;

function byDue(one: WorklistItem, other: WorklistItem): number {
  const closed = Number(!isOpen(one)) - Number(!isOpen(other));
  if (closed) return closed;
  const waits = Number(one.waiting === null) - Number(other.waiting === null);
  if (waits) return waits;
  const urgent = (PRIORITY_ORDER[one.priority] ?? 3) - (PRIORITY_ORDER[other.priority] ?? 3);
  if (urgent) return urgent;
  return instant(one.due_at) - instant(other.due_at) || instant(one.arrived_at) - instant(other.arrived_at);
}

const nameKey = ({ patient_name: name }: WorklistItem): string =>
  name.phonetic || name.alphabetic || name.ideographic || "";

const COMPARES: Record<SortKey, (one: WorklistItem, other: WorklistItem) => number> = {
  due: byDue,
  patient: (one, other) => byText(nameKey(one), nameKey(other)),
  study: (one, other) => byText(`${one.study_date}${one.study_time}`, `${other.study_date}${other.study_time}`),
  modality: (one, other) => byText(one.modalities.join(" "), other.modalities.join(" ")),
  site: (one, other) => byText(one.site_name, other.site_name),
  images: (one, other) => one.arrived_instances - other.arrived_instances,
  request: (one, other) => REQUEST_ORDER[one.request_state] - REQUEST_ORDER[other.request_state],
  status: (one, other) => STATUS_ORDER[one.status] - STATUS_ORDER[other.status],
  reader: (one, other) => byText(one.locked_by?.display_name ?? "\uffff", other.locked_by?.display_name ?? "\uffff"),
};

/** A stable order: what compares equal goes by due time, then by identifier, so that rows do not jump on refresh. */
export function sorted(items: readonly WorklistItem[], { key, descending }: Sort): WorklistItem[] {
  const sign = descending ? -1 : 1;
  return [...items].sort(
    (one, other) =>
      sign * COMPARES[key](one, other) || byDue(one, other) || byText(one.worklist_item_id, other.worklist_item_id),
  );
}

/** Folds width, case and kana, so that typing in any of them finds the row. */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u3041-\u3096]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replace(/[\^\s]+/gu, " ");
}

function searchable(item: WorklistItem): string {
  const { ideographic, alphabetic, phonetic } = item.patient_name;
  const parts = [
    ideographic,
    alphabetic,
    phonetic,
    item.patient_id,
    item.accession_number,
    item.study_description,
    item.site_name,
  ];
  return fold([...parts, ...item.modalities].filter(Boolean).join(" "));
}

/** `also` are cases that the hub has found, which knows more spellings of a name. */
export function found(items: readonly WorklistItem[], text: string, also?: ReadonlySet<string>): WorklistItem[] {
  const words = fold(text).trim().split(" ").filter(Boolean);
  if (words.length === 0) return [...items];
  return items.filter((item) => {
    if (also?.has(item.worklist_item_id) === true) return true;
    const within = searchable(item);
    return words.every((word) => within.includes(word));
  });
}

/** Which site's cases, and of which modality; empty where all. */
export interface Narrowing {
  readonly site: string;
  readonly modality: string;
}

export const EVERYTHING: Narrowing = { site: "", modality: "" };

export const narrowed = (items: readonly WorklistItem[], { site, modality }: Narrowing): WorklistItem[] =>
  items.filter(
    (item) => (site === "" || item.site_id === site) && (modality === "" || item.modalities.includes(modality)),
  );

/** What there is to choose from, in a steady order. */
export function choicesIn(items: readonly WorklistItem[]): {
  readonly sites: readonly (readonly [id: string, name: string])[];
  readonly modalities: readonly string[];
} {
  const sites = new Map(items.map(({ site_id, site_name }) => [site_id, site_name]));
  return {
    sites: [...sites].sort(([, one], [, other]) => byText(one, other)),
    modalities: [...new Set(items.flatMap(({ modalities }) => modalities))].sort(),
  };
}

/** How somebody looks at the list. */
export interface ListChoice {
  readonly view: View;
  readonly narrowing?: Narrowing;
  readonly text: string;
  readonly sort: Sort;
  /** What the hub has found for the same text. */
  readonly also?: ReadonlySet<string>;
}

export const listed = (
  items: readonly WorklistItem[],
  { view, text, sort, also, narrowing = EVERYTHING }: ListChoice,
  personId: string,
): WorklistItem[] => sorted(found(chosenBy(view, narrowed(items, narrowing), personId), text, also), sort);

/** Where the choice goes for a key; null when the key means nothing to the list. */
export function move(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? 0 : at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? null : Math.min(count - 1, Math.max(0, target));
}
