import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { WorklistItem } from "@/api/types";
import { isClosed, listed, type ListChoice } from "./model";
import { FINISHED_LISTED, mayHaveMore } from "./older";
import classes from "./Worklist.module.css";

interface OlderProps {
  readonly choice: ListChoice;
  readonly items: readonly WorklistItem[];
}

/** What the list does not show by itself: finished cases of before, and those that fit what is looked for. */
export function Older({ choice, items }: OlderProps): JSX.Element | null {
  const { t } = useTranslation("worklist");
  const { view, text } = choice;
  if (view === "completed" || view === "all") {
    if (text.trim() || !mayHaveMore(items)) return null;
    return <p className={classes["older"]}>{t("older.hint", { count: FINISHED_LISTED })}</p>;
  }
  const closed = text.trim() ? listed(items, { ...choice, view: "all" }, "").filter(isClosed) : [];
  if (closed.length === 0) return null;
  return (
    <p className={classes["older"]}>
      <Link href="/worklist?view=all">{t("older.done", { count: closed.length })}</Link>
    </p>
  );
}
