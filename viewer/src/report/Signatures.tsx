import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { Deliveries } from "@/delivery/Deliveries";
import { InstantText } from "@/ui/Written";
import { SealState } from "./SealState";
import classes from "./Report.module.css";

const METHODS = ["passkey", "password"] as const;
const STAMPS = ["none", "stamped", "missing"] as const;

interface SignaturesProps {
  readonly itemId: string;
  readonly report: Report;
}

/** Who stands for which version, with the sealed document of each; then where the latest is on its way back. */
export function Signatures({ itemId, report }: SignaturesProps): JSX.Element {
  const { t } = useTranslation(["report", "delivery", "certificates"]);
  return (
    <>
      <div className={classes["part"]}>
        <h3>{t("signed_by")}</h3>
        <ul className={classes["signatures"]}>
          {[...report.signatures].reverse().map((signature) => (
            <li key={signature.number}>
              <strong>{signature.display_name}</strong>
              <InstantText value={signature.signed_at} seconds />
              <span className={classes["quiet"]}>
                {t(`method.${METHODS.find((method) => method === signature.method) ?? "other"}`)}
                {" · "}
                {t(`time_stamp.${STAMPS.find((stamp) => stamp === signature.time_stamp) ?? "none"}`)}
                {signature.sr_time_stamp === "missing" && ` · ${t("sr_without_time_stamp")}`}
              </span>
              {signature.certificate && (
                <span className={classes["quiet"]} data-certificate="">
                  {t("certificates:signed", { name: signature.certificate.name })}
                  {" · "}
                  {signature.certificate.roles.join(", ")}
                </span>
              )}
              <SealState signature={signature} />
              {report.signatures.length > 1 && (
                <a href={signature.pdf_url} target="_blank" rel="noopener">
                  {t("signed_pdf")} {signature.number}
                </a>
              )}
            </li>
          ))}
        </ul>
      </div>
      {report.deliveries.length > 0 && (
        <div className={classes["part"]}>
          <h3>{t("delivery:title")}</h3>
          <Deliveries itemId={itemId} deliveries={report.deliveries} />
        </div>
      )}
    </>
  );
}
