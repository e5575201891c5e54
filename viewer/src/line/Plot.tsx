import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { LineCheck } from "@/api/types";
import { dayOf, formatDay } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import classes from "./Line.module.css";
import { megabits, plotted, topOf, type Point } from "./model";

const LEFT = 44;
const TOP = 14;
const BOTTOM = 18;
const WIDTH = 340;
const HEIGHT = 80;

const path = (points: readonly Point[]): string =>
  points
    .map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${(LEFT + x).toFixed(1)} ${(TOP + y).toFixed(1)}`)
    .join("");

/** Both rates over time, from zero; the figures stand in the table below. */
export function Plot({ checks }: { readonly checks: readonly LineCheck[] }): JSX.Element {
  const { t } = useTranslation("lines");
  const style = useDateStyle();
  const top = topOf(Math.max(...checks.flatMap(({ measured }) => [measured.down_bits, measured.up_bits])));
  const size = { width: WIDTH, height: HEIGHT };
  const down = plotted(checks, ({ measured }) => measured.down_bits, top, size);
  const up = plotted(checks, ({ measured }) => measured.up_bits, top, size);
  const day = (check: LineCheck | undefined): string =>
    check === undefined ? "" : formatDay(dayOf(new Date(check.at)), style, { short: true });
  return (
    <svg
      className={classes["plot"]}
      viewBox={`0 0 ${LEFT + WIDTH + 8} ${TOP + HEIGHT + BOTTOM}`}
      role="img"
      aria-label={t("history.plot")}
    >
      {[0, 0.5, 1].map((share) => (
        <line
          key={share}
          className={classes["grid"]}
          x1={LEFT}
          x2={LEFT + WIDTH}
          y1={TOP + HEIGHT * share}
          y2={TOP + HEIGHT * share}
        />
      ))}
      <text x={LEFT - 6} y={TOP + 4} textAnchor="end">
        {megabits(top)}
      </text>
      <text x={LEFT - 6} y={TOP + HEIGHT + 4} textAnchor="end">
        0
      </text>
      <text x={LEFT} y={10}>
        {t("history.axis")}
      </text>
      <text x={LEFT} y={TOP + HEIGHT + 14}>
        {day(checks.at(-1))}
      </text>
      <text x={LEFT + WIDTH} y={TOP + HEIGHT + 14} textAnchor="end">
        {day(checks[0])}
      </text>
      <path className={classes["up"]} d={path(up)} />
      <path className={classes["down"]} d={path(down)} />
      {down.map(({ x, y }, index) => (
        <circle key={index} className={classes["dot"]} cx={LEFT + x} cy={TOP + y} r={2.5} />
      ))}
    </svg>
  );
}
