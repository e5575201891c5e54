import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Finding, ReportForm } from "@/api/types";
import { CENTERS, RADIUS, spotsOf, type Spot } from "./spots";
import classes from "./Structured.module.css";

export interface DiagramProps {
  readonly form: ReportForm;
  readonly findings: readonly Finding[];
  readonly chosen?: number | null;
  readonly onChoose?: (number: number) => void;
}

/** Both breasts as one faces the patient, drawn from the findings alone. */
export function Diagram({ form, findings, chosen = null, onChoose }: DiagramProps): JSX.Element {
  const { t } = useTranslation("structured");
  return (
    <svg viewBox="0 0 440 210" className={classes["diagram"]} role="img" aria-label={t("diagram")}>
      <Breast side="right" label={t("mark.right")} />
      <Breast side="left" label={t("mark.left")} />
      {spotsOf(form, findings).map((spot) => (
        <g
          key={spot.finding.number}
          data-finding={spot.finding.number}
          data-chosen={spot.finding.number === chosen || undefined}
          onClick={() => onChoose?.(spot.finding.number)}
        >
          <Mark spot={spot} />
          <text x={spot.x + 12} y={spot.y - 3}>
            {spot.finding.number}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Breast({ side, label }: { readonly side: "right" | "left"; readonly label: string }): JSX.Element {
  const [x, y] = CENTERS[side];
  const outward = side === "right" ? -1 : 1;
  return (
    <>
      <g className={classes["anatomy"]}>
        <circle cx={x + outward * RADIUS * 0.72} cy={y - RADIUS * 0.72} r={24} strokeDasharray="3 3" />
        <path d={`M${x - RADIUS} ${y}h${2 * RADIUS}M${x} ${y - RADIUS}v${2 * RADIUS}`} />
        <circle cx={x} cy={y} r={14} />
        <circle cx={x} cy={y} r={4} />
      </g>
      <circle cx={x} cy={y} r={RADIUS} />
      <text x={x + outward * (RADIUS + 14) - 6} y={y + 72}>
        {label}
      </text>
    </>
  );
}

const DOTS = [
  [-5, 3],
  [0, -5],
  [5, 2],
  [-1, 6],
  [-6, -4],
] as const;
const RAYS = [0, 1, 2, 3].map(
  (step) => [Math.cos((step * Math.PI) / 4) * 8, Math.sin((step * Math.PI) / 4) * 8] as const,
);

function Mark({ spot: { mark, x, y } }: { readonly spot: Spot }): JSX.Element {
  switch (mark) {
    case "mass":
      return <circle cx={x} cy={y} r={8} className={classes["filled"]} />;
    case "calcification":
      return (
        <g className={classes["dots"]}>
          {DOTS.map(([dx, dy]) => (
            <circle key={`${dx} ${dy}`} cx={x + dx} cy={y + dy} r={1.8} />
          ))}
        </g>
      );
    case "asymmetry":
      return <circle cx={x} cy={y} r={8} strokeDasharray="3 2" />;
    case "distortion":
      return <path d={RAYS.map(([dx, dy]) => `M${x - dx} ${y - dy}L${x + dx} ${y + dy}`).join("")} />;
    case "cyst":
      return <circle cx={x} cy={y} r={8} />;
    default:
      return <rect x={x - 6} y={y - 6} width={12} height={12} />;
  }
}
