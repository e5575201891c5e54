import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportSignature } from "@/api/types";
import { InstantText } from "@/ui/Written";
import classes from "./Versions.module.css";

/** How far a sealed file has come: its level, what vouches for it, its last stamp, when the next is due, and what waits. */
export function SealState({ signature }: { readonly signature: ReportSignature }): JSX.Element {
  const { t } = useTranslation("versions");
  const { level, stamped_at, renew_at, last_error, revocation } = signature.seal;
  const isRevoked = revocation === "revoked";
  return (
    <span className={classes["quiet"]}>
      {t(`seal.${level}`)}
      {revocation !== null && (
        <>
          {" · "}
          {isRevoked ? (
            <strong className={classes["warning"]}>▲ {t("seal.revocation.revoked")}</strong>
          ) : (
            t(`seal.revocation.${revocation}`)
          )}
        </>
      )}
      {stamped_at !== null && (
        <>
          {" · "}
          {t("seal.stamped")} <InstantText value={stamped_at} />
        </>
      )}
      {renew_at !== null && last_error === null && (
        <>
          {" · "}
          {t("seal.renews")} <InstantText value={renew_at} />
        </>
      )}
      {last_error !== null && !isRevoked && revocation !== "lacking" && (
        <>
          {" · "}
          <strong>{t("seal.waits")}</strong>
        </>
      )}
    </span>
  );
}
