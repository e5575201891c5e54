import type { JSX, PropsWithChildren } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayStanding, JudgedDisplay } from "@/api/types";
import { DayText } from "@/ui/Written";
import classes from "./Display.module.css";

/** Which display, how it was measured, what the page sees of it, and what is to be done. */
export function StandingFacts({ standing }: { readonly standing: DisplayStanding }): JSX.Element {
  const { t } = useTranslation("displays");
  const { screen, rules } = standing;
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
      <Judged judged={standing}>
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
      </Judged>
      {standing.beside.map((one) => (
        <div key={one.display?.display_id} className={classes["beside"]}>
          {one.state !== "valid" && <p className={classes["said"]}>{t(`state.${one.state}`)}</p>}
          <Judged judged={one} />
        </div>
      ))}
    </>
  );
}

/** One display of the device: which, what the page sees of it, and how it was measured. */
function Judged({ judged, children }: PropsWithChildren<{ readonly judged: JudgedDisplay }>): JSX.Element {
  const { t } = useTranslation("displays");
  const { display, grade, measured_on, valid_until } = judged;
  return (
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
      {children}
      {grade !== null && measured_on !== null && valid_until !== null && (
        <>
          <dt>{t("field.grade")}</dt>
          <dd>{grade}</dd>
          <dt>{t("field.measured_on")}</dt>
          <dd>
            <DayText value={measured_on} />
          </dd>
          <dt>{t("field.valid_until")}</dt>
          <dd>
            <DayText value={valid_until} />
          </dd>
        </>
      )}
    </dl>
  );
}
