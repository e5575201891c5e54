import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { getReport } from "./api";
import classes from "./Report.module.css";
import type { DraftSaver } from "./saver";

/** Another text came to the hub in the meantime: both stand until somebody chooses. */
export function Conflict({ itemId, saver }: { readonly itemId: string; readonly saver: DraftSaver }): JSX.Element {
  const { t } = useTranslation("report");
  const [theirs, setTheirs] = useState<Report | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = (): void => {
    setError(null);
    void getReport(itemId).then(setTheirs).catch(setError);
  };
  return (
    <div className={`${classes["notice"] ?? ""} ${classes["alarm"] ?? ""}`} role="alert">
      <p>{t("conflict.text")}</p>
      {error !== null && <FailedLine error={error} />}
      {theirs === null ? (
        <Button size="xs" variant="default" onClick={look}>
          {t("conflict.look")}
        </Button>
      ) : (
        <>
          <pre className={classes["exact"]} tabIndex={0}>
            {theirs.author} <InstantText value={theirs.updated_at} seconds />
            {`\n\n${theirs.findings}\n\n${theirs.impression}`}
          </pre>
          <div className={classes["buttons"]}>
            <Button size="xs" variant="default" onClick={() => saver.settle(theirs, "theirs")}>
              {t("conflict.theirs")}
            </Button>
            <Button size="xs" variant="default" onClick={() => saver.settle(theirs, "mine")}>
              {t("conflict.mine")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
