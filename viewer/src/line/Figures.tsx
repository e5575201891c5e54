import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { LineMeasured } from "@/api/types";
import classes from "./Line.module.css";
import { megabits } from "./model";

/** Each figure with its unit; what nobody could see is not known, which is not nothing. */
export function Figures({ measured }: { readonly measured: LineMeasured }): JSX.Element {
  const { t } = useTranslation("lines");
  const { loss, path_mtu: mtu } = measured;
  const figures: readonly (readonly [string, string, string])[] = [
    [t("figure.down"), megabits(measured.down_bits), "Mbit/s"],
    [t("figure.up"), megabits(measured.up_bits), "Mbit/s"],
    [t("figure.round_trip"), measured.round_trip_ms.toFixed(0), "ms"],
    [t("figure.loaded"), measured.round_trip_loaded_ms.toFixed(0), "ms"],
    [t("figure.jitter"), measured.jitter_ms.toFixed(1), "ms"],
    [t("figure.loss"), loss == null ? t("figure.unknown") : (loss * 100).toFixed(2), loss == null ? "" : "%"],
    [t("figure.mtu"), mtu == null ? t("figure.unknown") : String(mtu), mtu == null ? "" : t("figure.bytes")],
  ];
  return (
    <dl className={classes["figures"]}>
      {figures.map(([name, value, unit]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <small>{unit}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
