import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem, WorklistStatus } from "@/api/types";
import { RequestStateChip } from "@/requests/chips";
import { useMismatchWords } from "@/requests/words";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import { useCount, useDurationText } from "@/ui/Written";
import classes from "./Worklist.module.css";
import { arrivedPercent, dueOf, type DueKind } from "./model";

const STATUS: Record<WorklistStatus, { readonly tone: Tone; readonly shape: Shape }> = {
  scheduled: { tone: "idle", shape: "hollow" },
  in_progress: { tone: "active", shape: "half" },
  completed: { tone: "idle", shape: "full" },
  canceled: { tone: "idle", shape: "slash" },
};

export function StatusChip({
  status,
  framed,
  blocked = false,
}: {
  readonly status: WorklistStatus;
  readonly framed?: boolean;
  /** Request and images do not name the same patient: nobody reads it until that is decided (REC-10). */
  readonly blocked?: boolean;
}): JSX.Element {
  const { t } = useTranslation("worklist");
  if (blocked) {
    return (
      <Chip tone="danger" shape="stop" framed={framed ?? false} title={t("request.blocked_long")}>
        {t("request.blocked")}
      </Chip>
    );
  }
  return (
    <Chip {...STATUS[status]} framed={framed ?? false}>
      {t(`status.${status}`)}
    </Chip>
  );
}

/** Somebody who may not sign has written: a physician has to stand for it (REC-04). */
export function AwaitingApproval(): JSX.Element {
  const { t } = useTranslation("stages");
  return (
    <Chip tone="attention" shape="half" title={t("approval.long")}>
      {t("approval.short")}
    </Chip>
  );
}

const DUE: Record<Exclude<DueKind, "none">, { readonly tone: Tone; readonly shape: Shape }> = {
  later: { tone: "idle", shape: "clock" },
  soon: { tone: "attention", shape: "clock" },
  overdue: { tone: "danger", shape: "stop" },
};

/** How much time is left: the first thing the eye meets. */
export function DueChip({ item, now }: { readonly item: WorklistItem; readonly now: number }): JSX.Element {
  const { t } = useTranslation("worklist");
  const duration = useDurationText();
  const { kind, milliseconds } = dueOf(item, now);
  if (kind === "none") return <span className={classes["quiet"]}>{"–"}</span>;
  const time = duration(milliseconds);
  return <Chip {...DUE[kind]}>{kind === "overdue" ? t("due.overdue", { time }) : t("due.in", { time })}</Chip>;
}

/** Whether a request belongs to the case, and in what they differ. */
export function RequestCell({ item }: { readonly item: WorklistItem }): JSX.Element {
  const { t } = useTranslation("worklist");
  const wrong = useMismatchWords()(item.request_reason);
  if (item.request_state === "none") return <span className={classes["quiet"]}>{t("request.none")}</span>;
  return (
    <>
      <RequestStateChip state={item.request_state} /> {wrong}
    </>
  );
}

const URGENT = ["high", "urgent", "stat"] as const;

/** Only what is more urgent than usual is said. */
export function PriorityMark({ priority }: { readonly priority: string }): JSX.Element | null {
  const { t } = useTranslation("worklist");
  const urgent = URGENT.find((known) => known === priority);
  if (urgent === undefined) return null;
  return (
    <Chip tone="attention" shape="triangle">
      {t(`priority.${urgent}`)}
    </Chip>
  );
}

/** Why the patient is still there, and for how long. */
export function WaitingMark({
  item,
  now,
  short = false,
}: {
  readonly item: WorklistItem;
  readonly now: number;
  readonly short?: boolean;
}): JSX.Element | null {
  const { t } = useTranslation("working");
  const duration = useDurationText();
  if (item.waiting === null) return null;
  const time = duration(Math.max(0, now - Date.parse(item.waiting.since)));
  const whole = `${t(`why.${item.waiting.why}`)}・${t("waiting_since", { time })}`;
  return (
    <Chip tone="danger" shape="clock" title={whole}>
      {short ? t(`waiting_short.${item.waiting.why}`, { time }) : whole}
    </Chip>
  );
}

export interface ImagesProps {
  readonly item: WorklistItem;
  readonly readyIn: number | null;
}

/** "1,500 of 1,500", or how far and how long still, or that something is wrong. */
export function ImagesChip({ item, readyIn }: ImagesProps): JSX.Element {
  const { t } = useTranslation("worklist");
  const count = useCount();
  const duration = useDurationText();
  const percent = arrivedPercent(item);
  const expected = item.declared_instances ?? 0;
  const counted =
    item.declared_instances === null
      ? count(item.arrived_instances)
      : t("images.of", {
          arrived: count(item.arrived_instances),
          declared: count(Math.max(expected, item.arrived_instances)),
        });
  if (item.images_after_signature) {
    return (
      <Chip tone="danger" shape="stop" title={t("images.after_signature_long")}>
        {t("images.after_signature")}
      </Chip>
    );
  }
  if (item.images_state === "problem") {
    const missing = expected - item.arrived_instances;
    const declared = count(expected);
    return (
      <Chip tone="danger" shape="stop" title={t("images.problem_long")}>
        {missing > 0 ? t("images.missing", { missing: count(missing), declared }) : t("images.differs", { declared })}
      </Chip>
    );
  }
  if (item.images_state === "complete") {
    return (
      <Chip tone="idle" shape="full" title={t("images.complete_long")}>
        {counted}
      </Chip>
    );
  }
  if (percent === null || percent === 100) {
    return (
      <Chip tone="active" shape="dashed" title={t("images.coming_long")}>
        {t("images.coming", { arrived: count(item.arrived_instances) })}
      </Chip>
    );
  }
  const rest = readyIn === null ? counted : t("images.ready_in", { time: duration(readyIn) });
  return (
    <Chip tone="active" shape="dashed" title={counted}>
      {t("images.arriving", { percent, rest })}
    </Chip>
  );
}
