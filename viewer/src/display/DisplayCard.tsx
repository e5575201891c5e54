import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayCalibration, RegisteredDisplay } from "@/api/types";
import { Table } from "@/rights/Table";
import { Chip } from "@/ui/Chip";
import { DayText } from "@/ui/Written";
import { paperPath } from "./api";
import { CalibrationDialog } from "./CalibrationDialog";
import classes from "./Display.module.css";
import { RetireDialog } from "./RetireDialog";

/** One display: its plate, its place, and everything that was ever measured of it. */
export function DisplayCard({
  display,
  siteName,
}: {
  readonly display: RegisteredDisplay;
  readonly siteName: string;
}): JSX.Element {
  const { t } = useTranslation("displays");
  const [asked, setAsked] = useState<"calibration" | "retirement" | null>(null);
  const retired = display.retired_at !== null;
  const close = (): void => setAsked(null);
  return (
    <article className={classes["card"]} aria-label={display.name}>
      <header>
        <h3>{display.name}</h3>
        <span>
          {display.maker} {display.model} S/N {display.serial}
        </span>
        <span className={classes["quiet"]}>
          {t("pixels", { columns: display.columns, rows: display.rows })} · {t("pitch", { pitch: display.pitch_mm })} ·{" "}
          {[siteName, display.place].filter(Boolean).join(" · ")}
        </span>
        {display.purpose === "reference" && (
          <Chip tone="idle" shape="hollow">
            {t("chip.reference")}
          </Chip>
        )}
        <div>
          {retired ? (
            <Chip tone="idle" shape="slash">
              {t("retired", { because: display.retired_because })}
            </Chip>
          ) : (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setAsked("calibration")}>
                {t("record")}
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={() => setAsked("retirement")}>
                {t("retire")}
              </Button>
            </>
          )}
        </div>
      </header>
      {display.calibrations.length === 0 ? (
        <p className={classes["quiet"]}>{t("calibrations.none")}</p>
      ) : (
        <Calibrations display={display} />
      )}
      {asked === "calibration" && <CalibrationDialog display={display} onClose={close} />}
      {asked === "retirement" && <RetireDialog display={display} onClose={close} />}
    </article>
  );
}

function Calibrations({ display }: { readonly display: RegisteredDisplay }): JSX.Element {
  const { t } = useTranslation("displays");
  return (
    <Table
      label={t("calibrations.title", { name: display.name })}
      columns={[
        t("field.measured_on"),
        t("field.grade"),
        t("field.deviation"),
        t("field.luminance"),
        t("field.ratio"),
        t("field.ambient"),
        t("field.measured_by"),
        t("field.result"),
      ]}
    >
      {display.calibrations.map((one) => (
        <tr key={one.calibration_id}>
          <td>
            <DayText value={one.measured_on} />
          </td>
          <td>{one.grade}</td>
          <td>{t("percent", { value: one.deviation })}</td>
          <td>{t("luminance", { most: one.luminance_max, least: one.luminance_min })}</td>
          <td>{Math.round(one.luminance_ratio)}</td>
          <td>{one.ambient}</td>
          <td>
            {one.measured_by}
            {one.outsourced_to !== "" && <span className={classes["quiet"]}> {one.outsourced_to}</span>}
            <br />
            <span className={classes["quiet"]}>{one.instrument}</span>
          </td>
          <td>
            <Result one={one} />
            {one.paper !== null && (
              <>
                <br />
                <a href={paperPath(display.display_id, one.calibration_id)}>{one.paper.name}</a>
              </>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Result({ one }: { readonly one: DisplayCalibration }): JSX.Element {
  const { t } = useTranslation("displays");
  if (one.failures.length === 0) {
    return (
      <Chip tone="good" shape="check">
        {t("passed")}
      </Chip>
    );
  }
  return (
    <>
      <Chip tone="danger" shape="stop">
        {t("failed")}
      </Chip>
      <br />
      <span className={classes["failures"]}>{one.failures.map((name) => t(`lacking.${name}`)).join(" · ")}</span>
    </>
  );
}
