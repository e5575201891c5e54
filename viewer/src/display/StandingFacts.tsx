import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayStanding } from "@/api/types";
import { DayText } from "@/ui/Written";
import classes from "./Display.module.css";

/** Which display, how it was measured, what the page sees of it, and what is to be done. */
export function StandingFacts({ standing }: { readonly standing: DisplayStanding }): JSX.Element {
  const { t } = useTranslation("displays");
  const { display, screen, rules } = standing;
  return (
    <>
      <p className={classes["said"]}>
        <strong>{t(`state.${standing.state}`)}</strong>
        {standing.state !== "valid" && <> {t(`now.${standing.state}`)}</>}
      </p>
      {standing.state === "short" && (
        <p className={classes["said"]}>{standing.lacking.map((one) => t(`lacking.${one}`)).join(" · ")}</p>
      )}
      {rules.mode === "off" && (
        <p className={classes["said"]}>
          {t("waived", { reason: rules.reason, name: rules.set_by })}{" "}
          {rules.set_at !== null && <DayText value={rules.set_at.slice(0, 10)} />}
        </p>
      )}
      <dl className={classes["facts"]}>
        {display !== null && (
          <>
            <dt>{t("field.display")}</dt>
            <dd>
              {display.name} <span className={classes["quiet"]}>{display.place}</span>
              <br />
              {display.maker} {display.model} S/N {display.serial}
            </dd>
            <dt>{t("field.pixels")}</dt>
            <dd>{t("pixels", { columns: display.columns, rows: display.rows })}</dd>
          </>
        )}
        {screen !== null && (
          <>
            <dt>{t("field.screen")}</dt>
            <dd>
              {t("pixels", {
                columns: Math.round(screen.width * screen.pixel_ratio),
                rows: Math.round(screen.height * screen.pixel_ratio),
              })}{" "}
              <span className={classes["quiet"]}>
                {t("screen_more", { ratio: screen.pixel_ratio, depth: screen.colour_depth })}
              </span>
            </dd>
          </>
        )}
        {standing.grade !== null && standing.measured_on !== null && standing.valid_until !== null && (
          <>
            <dt>{t("field.grade")}</dt>
            <dd>{standing.grade}</dd>
            <dt>{t("field.measured_on")}</dt>
            <dd>
              <DayText value={standing.measured_on} />
            </dd>
            <dt>{t("field.valid_until")}</dt>
            <dd>
              <DayText value={standing.valid_until} />
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
