import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Calibration } from "@/viewports/calibration";
import type { MeasuringTexts } from "@/viewports/measuring";

const digits = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

/** A length is never said without what it was calibrated by. */
export function useMeasuringTexts(): MeasuringTexts {
  const { t } = useTranslation("reading");
  return useMemo(() => {
    const by = ({ kind, magnification }: Calibration): string =>
      t(`measure.calibration.${kind}`, { magnification: magnification ?? 1 });
    return {
      length: ({ value, unit, calibration }) => [t("measure.length", { value: digits(value), unit }), by(calibration)],
      angle: (degrees) => [t("measure.angle", { value: degrees.toFixed(1) })],
      ellipse: (found) => [
        t("measure.mean", { mean: digits(found.mean), deviation: digits(found.deviation), unit: found.unit }),
        t("measure.range", { minimum: digits(found.minimum), maximum: digits(found.maximum), unit: found.unit }),
        t("measure.area", { value: digits(found.area), unit: found.areaUnit, pixels: found.pixels }),
        by(found.calibration),
      ],
      notYet: () => [t("measure.notYet")],
    };
  }, [t]);
}
