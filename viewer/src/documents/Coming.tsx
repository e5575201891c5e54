import { Progress } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Failed } from "@/ui/States";
import classes from "./Document.module.css";
import type { Fetched } from "./useFetched";

/** How far a document has come, or that it does not come. */
export function Coming({ fetched }: { readonly fetched: Fetched }): JSX.Element {
  const { t } = useTranslation("documents");
  if (fetched.error !== null) return <Failed error={fetched.error} onRetry={fetched.again} compact />;
  const percent = Math.floor(fetched.share * 100);
  return (
    <div className={classes["coming"]} role="status">
      {t("coming", { percent })}
      <Progress value={percent} size={4} color="gray" transitionDuration={0} aria-label={t("coming", { percent })} />
    </div>
  );
}
