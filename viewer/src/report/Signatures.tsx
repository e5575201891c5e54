import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { InstantText } from "@/ui/Written";
import { SealState } from "./SealState";
import classes from "./Report.module.css";

const METHODS = ["passkey", "password"] as const;
const STAMPS = ["none", "stamped", "missing"] as const;
const KINDS = ["sr", "pdf"] as const;

/** Who stands for which version, with the sealed document of each; then where the latest is on its way back. */
export function Signatures({ report }: { readonly report: Report }): JSX.Element {
  const { t } = useTranslation(["report", "certificates"]);
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
      {report.deliveries.length > 0 && <Deliveries report={report} />}
    </>
  );
}

function Deliveries({ report }: { readonly report: Report }): JSX.Element {
  const { t } = useTranslation("report");
  return (
    <div className={classes["part"]}>
      <h3>{t("delivery.title")}</h3>
      <ul className={classes["signatures"]}>
        {report.deliveries.map((delivery) => (
          <li key={delivery.sop_instance_uid}>
            <span>{t(`delivery.${KINDS.find((kind) => kind === delivery.kind.toLowerCase()) ?? "other"}`)}</span>
            {delivery.delivered_at === null ? (
              <Chip tone="idle" shape="dashed">
                {t("delivery.waiting")}
              </Chip>
            ) : (
              <>
                <Chip tone="active" shape="full">
                  {t("delivery.arrived")}
                </Chip>
                <InstantText value={delivery.delivered_at} />
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
