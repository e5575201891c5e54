import { useState, type JSX, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { composes } from "@/ui/composing";
import {
  AREOLA,
  beside,
  center,
  HEIGHT,
  HOURS,
  hourPoint,
  isArrow,
  placeKey,
  PLACES,
  pointOf,
  RADIUS,
  samePlace,
  SIDES,
  spread,
  wedge,
  WIDTH,
  type Place,
} from "./diagram";
import classes from "./BreastDiagram.module.css";
import { KindShape } from "./marks";
import type { Side, Symptom } from "./shapes";
import { usePlaceText, useSymptomText } from "./words";

const FIRST = PLACES[1] ?? { side: "R", clock: 12, zone: null };

export interface BreastDiagramProps {
  readonly symptoms: readonly Symptom[];
  readonly onMark: (place: Place) => void;
}

/** Both breasts to click on; one stop for Tab, arrows walk from place to place, Space or Enter marks. */
export function BreastDiagram({ symptoms, onMark }: BreastDiagramProps): JSX.Element {
  const { t } = useTranslation("requests");
  const placeText = usePlaceText();
  const [at, setAt] = useState<Place>(FIRST);
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    if (composes(event.nativeEvent) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onMark(at);
    } else if (isArrow(event.key)) {
      event.preventDefault();
      const next = beside(at, event.key);
      setAt(next);
      event.currentTarget.querySelector<SVGElement>(`[data-place="${placeKey(next)}"]`)?.focus();
    }
  };
  const mark = (place: Place): void => {
    setAt(place);
    onMark(place);
  };
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={classes["diagram"]}
      role="group"
      aria-label={t("diagram.label")}
      onKeyDown={onKeyDown}
    >
      <Body />
      {PLACES.map((place) => (
        <g
          key={placeKey(place)}
          role="button"
          tabIndex={samePlace(place, at) ? 0 : -1}
          aria-label={placeText(place)}
          aria-pressed={symptoms.some((one) => samePlace(one, place))}
          data-place={placeKey(place)}
          className={classes["place"]}
          onClick={() => mark(place)}
        >
          <Region place={place} />
        </g>
      ))}
      <Labels named />
      <Marks symptoms={symptoms} />
    </svg>
  );
}

/** The same, small and only to be looked at. */
export function BreastPicture({ symptoms }: { readonly symptoms: readonly Symptom[] }): JSX.Element {
  const { t } = useTranslation("requests");
  const symptomText = useSymptomText();
  const label = symptoms.map(symptomText).join(t("and"));
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes["picture"]} role="img" aria-label={label}>
      <Body />
      {PLACES.map((place) => (
        <g key={placeKey(place)} className={classes["place"]} data-quiet="">
          <Region place={place} />
        </g>
      ))}
      <Labels />
      <Marks symptoms={symptoms} apart={32} />
    </svg>
  );
}

function Region({ place }: { readonly place: Place }): JSX.Element {
  const { side, clock, zone } = place;
  const { x, y } = pointOf(place);
  if (zone === "axilla") return <ellipse cx={x} cy={y} rx={38} ry={28} />;
  if (zone === "areola") return <circle cx={x} cy={y} r={AREOLA} />;
  if (clock !== null) return <path d={wedge(side, clock)} />;
  return <rect x={x - 62} y={y - 14} width={124} height={28} rx={14} />;
}

/** The outline that the places lie in. */
function Body(): JSX.Element {
  const middle = WIDTH / 2;
  return (
    <g className={classes["body"]} aria-hidden="true">
      <path d={`M${middle} 70V252`} strokeDasharray="3 5" />
      <path d="M4 112C22 150 30 210 18 328M636 112C618 150 610 210 622 328" />
      {SIDES.map((side) => (
        <g key={side}>
          <circle cx={center(side).x} cy={center(side).y} r={RADIUS} />
          <circle cx={center(side).x} cy={center(side).y} r={6} className={classes["nipple"]} />
        </g>
      ))}
    </g>
  );
}

function Labels({ named = false }: { readonly named?: boolean }): JSX.Element {
  const { t } = useTranslation(["requests", "ui"]);
  const word = (side: Side): string => t(side === "R" ? "ui:right" : "ui:left");
  return (
    <g className={classes["labels"]} aria-hidden="true">
      {SIDES.map((side) => (
        <g key={side}>
          <text x={center(side).x} y={16} className={classes["side"]}>
            {word(side)}
          </text>
          {HOURS.map((clock) => {
            const { x, y } = hourPoint(side, clock);
            return (
              <text key={clock} x={x} y={y}>
                {clock}
              </text>
            );
          })}
          {named && (
            <>
              <text x={pointOf({ side, clock: null, zone: "axilla" }).x} y={24}>
                {t("zone.axilla")}
              </text>
              <text {...pointOf({ side, clock: null, zone: null })} className={classes["whole"]}>
                {t("zone.whole")}
              </text>
            </>
          )}
        </g>
      ))}
    </g>
  );
}

function Marks({ symptoms, apart }: { readonly symptoms: readonly Symptom[]; readonly apart?: number }): JSX.Element {
  return (
    <g className={classes["marks"]} aria-hidden="true">
      {spread(symptoms, apart).map(({ symptom, at }) => (
        <g
          key={`${placeKey(symptom)} ${symptom.kind}`}
          transform={`translate(${at.x} ${at.y})`}
          data-mark={symptom.kind}
        >
          <KindShape kind={symptom.kind} />
        </g>
      ))}
    </g>
  );
}
