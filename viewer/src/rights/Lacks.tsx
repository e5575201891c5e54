import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Lack } from "@/api/types";
import { useMay } from "@/session/api";
import { useMaySign } from "./api";
import classes from "./Rights.module.css";

/** Why somebody cannot sign, in words; nothing where nothing is missing. */
export function Lacks({ lacks }: { readonly lacks: readonly Lack[] }): JSX.Element | null {
  const { t } = useTranslation("rights");
  if (lacks.length === 0) return null;
  return (
    <div className={classes["lacks"]} role="alert" data-lacks={lacks.join(" ")}>
      <strong>{t("lacks.title")}</strong>
      <ul>
        {lacks.map((lack) => (
          <li key={lack}>{t(`lack.${lack}`)}</li>
        ))}
      </ul>
      {t("lacks.now")}
    </div>
  );
}

/** Said before a reader begins to write, not when the key is asked for (JRS-01, JRS-02). */
export function MaySign({ itemId }: { readonly itemId: string }): JSX.Element | null {
  return useMay()("report.sign") ? <Asked itemId={itemId} /> : null;
}

function Asked({ itemId }: { readonly itemId: string }): JSX.Element {
  return <Lacks lacks={useMaySign(itemId).data?.lacks ?? []} />;
}
