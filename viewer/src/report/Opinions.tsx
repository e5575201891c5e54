import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { useMay } from "@/session/api";
import { Failed, LoadingRows } from "@/ui/States";
import { useOpinion } from "./api";
import { Written } from "./ReadOnly";
import classes from "./Report.module.css";

const PAIR = ["first", "second"] as const;

/** The two readings of a case, for its readers, from when both are signed. */
export function Opinions({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation("working");
  const pair = item.readings.filter(({ role }) => role === "first" || role === "second");
  const open = pair.length > 0 && pair.every(({ signed_at }) => signed_at !== null);
  if (!useMay()("worklist.claim") || !open) return null;
  return (
    <details className={classes["opinions"]} open={item.status !== "completed"}>
      <summary>{t("opinions")}</summary>
      {PAIR.map((role) => (
        <Opinion key={role} itemId={item.worklist_item_id} role={role} />
      ))}
    </details>
  );
}

function Opinion({ itemId, role }: { readonly itemId: string; readonly role: "first" | "second" }): JSX.Element {
  const { t } = useTranslation("working");
  const opinion = useOpinion(itemId, role);
  return (
    <section aria-label={t(`role.${role}`)}>
      <h3>{t(`role.${role}`)}</h3>
      {opinion.data ? (
        <Written itemId={itemId} report={opinion.data} />
      ) : opinion.error ? (
        <Failed error={opinion.error} onRetry={() => void opinion.refetch()} compact />
      ) : (
        <LoadingRows rows={3} />
      )}
    </section>
  );
}
