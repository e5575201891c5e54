import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { shelf } from "@/kept/shelf";
import { InstantText } from "@/ui/Written";
import { draftOf, sameDraft, writtenIn } from "./model";
import classes from "./Report.module.css";
import { useLeftOver } from "./useTyped";

/** Typed here, never at the hub, and this person does not write the report (any more): it is theirs to use elsewhere. */
export function LeftOver({ itemId, report }: { readonly itemId: string; readonly report: Report }): ReactNode {
  const { t } = useTranslation("outage");
  const typed = useLeftOver(itemId);
  const [removed, setRemoved] = useState(false);
  if (!typed || removed || sameDraft(typed.value.draft, draftOf(report))) return null;
  const remove = (): void => {
    setRemoved(true);
    void shelf.remove("draft", itemId);
  };
  return (
    <div className={classes["notice"]} data-left-over="">
      <p>
        {t("left.text")} <InstantText value={new Date(typed.at).toISOString()} seconds />
      </p>
      <pre className={classes["exact"]} tabIndex={0}>
        {writtenIn(typed.value.draft)}
      </pre>
      <Button size="xs" variant="default" onClick={remove}>
        {t("left.remove")}
      </Button>
    </div>
  );
}
