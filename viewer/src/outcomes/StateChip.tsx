import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Outcome } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { SHAPES, toneOf } from "./model";

/** 未読, 既読 or 対応済; what has stayed so for too long says that instead. */
export function StateChip({
  outcome,
  framed = false,
}: {
  readonly outcome: Outcome;
  readonly framed?: boolean;
}): JSX.Element {
  const { t } = useTranslation("outcomes");
  const { state, overdue } = outcome;
  return (
    <Chip tone={toneOf(outcome)} shape={overdue ? "clock" : SHAPES[state]} framed={framed}>
      {overdue ? t(`overdue.${overdue}`) : t(`state.${state}`)}
    </Chip>
  );
}

/** Nobody was called about a finding that must not be overlooked. */
export function UncalledChip({ outcome }: { readonly outcome: Outcome }): JSX.Element | null {
  const { t } = useTranslation("stages");
  if (!outcome.uncalled) return null;
  return (
    <Chip tone="danger" shape="stop" title={t("uncalled.long")}>
      {t("uncalled.short")}
    </Chip>
  );
}

/** 重要所見, with the reader's words: red until somebody has acted. */
export function ImportantChip({ outcome }: { readonly outcome: Outcome }): JSX.Element | null {
  const { t } = useTranslation("outcomes");
  if (outcome.important === null) return null;
  return (
    <Chip tone={outcome.state === "done" ? "idle" : "danger"} shape="triangle" title={outcome.important.note}>
      {t("important")}
    </Chip>
  );
}
