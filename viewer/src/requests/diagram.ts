/** Where each place of the breast diagram lies: both breasts as seen from the front, the patient's right on the left; pure. */
import type { Side, Symptom, SymptomKind, Zone } from "./shapes";

export interface Place {
  readonly side: Side;
  readonly clock: number | null;
  readonly zone: Zone | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const WIDTH = 640;
export const HEIGHT = 330;
export const RADIUS = 104;
export const AREOLA = 30;
/** How far from the nipple a mark of an hour is drawn. */
const MARK = 72;
const CENTER: Readonly<Record<Side, Point>> = { R: { x: 176, y: 160 }, L: { x: 464, y: 160 } };
const AXILLA: Readonly<Record<Side, Point>> = { R: { x: 46, y: 62 }, L: { x: 594, y: 62 } };
const WHOLE: Readonly<Record<Side, Point>> = { R: { x: 176, y: 308 }, L: { x: 464, y: 308 } };

export const SIDES: readonly Side[] = ["R", "L"];
export const HOURS: readonly number[] = [12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

const placesOf = (side: Side): Place[] => [
  { side, clock: null, zone: "axilla" },
  ...HOURS.map((clock): Place => ({ side, clock, zone: null })),
  { side, clock: null, zone: "areola" },
  { side, clock: null, zone: null },
];

/** Every place that can be marked; one without hour and zone is the whole breast. */
export const PLACES: readonly Place[] = SIDES.flatMap(placesOf);

export const placeKey = ({ side, clock, zone }: Place): string => `${side}:${zone ?? clock ?? "whole"}`;
export const samePlace = (one: Place, other: Place): boolean => placeKey(one) === placeKey(other);

const around = ({ x, y }: Point, hour: number, radius: number): Point => {
  const angle = (hour / 6) * Math.PI;
  return { x: x + radius * Math.sin(angle), y: y - radius * Math.cos(angle) };
};

export const center = (side: Side): Point => CENTER[side];

/** Where the mark of a place is drawn. */
export function pointOf({ side, clock, zone }: Place): Point {
  if (zone === "areola") return CENTER[side];
  if (zone === "axilla") return AXILLA[side];
  return clock === null ? WHOLE[side] : around(CENTER[side], clock, MARK);
}

/** Where the number of an hour stands, just outside the breast. */
export const hourPoint = (side: Side, clock: number): Point => around(CENTER[side], clock, RADIUS + 13);

const written = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The piece of a breast that belongs to one hour, as an SVG path. */
export function wedge(side: Side, clock: number): string {
  const at = (hour: number, radius: number): string => written(around(CENTER[side], hour, radius));
  const [from, until] = [clock - 0.5, clock + 0.5];
  return `M${at(from, AREOLA)} L${at(from, RADIUS)} A${RADIUS} ${RADIUS} 0 0 1 ${at(until, RADIUS)} L${at(until, AREOLA)} A${AREOLA} ${AREOLA} 0 0 0 ${at(from, AREOLA)} Z`;
}

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

const DIRECTION: Readonly<Record<Arrow, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

export const isArrow = (key: string): key is Arrow => key in DIRECTION;

/** The nearest place where the arrow points; the place itself where there is none. */
export function beside(from: Place, arrow: Arrow): Place {
  const start = pointOf(from);
  const way = DIRECTION[arrow];
  const far = (place: Place): number => {
    const [x, y] = [pointOf(place).x - start.x, pointOf(place).y - start.y];
    const along = x * way.x + y * way.y;
    const across = Math.abs(x * way.y + y * way.x);
    return along <= 1 || across > 2 * along ? Number.POSITIVE_INFINITY : along + 2 * across;
  };
  const nearest = PLACES.reduce((best, place) => (far(place) < far(best) ? place : best), from);
  return Number.isFinite(far(nearest)) ? nearest : from;
}

/** A mark of this kind is set at the place, or taken away where there was one. */
export function toggled(symptoms: readonly Symptom[], place: Place, kind: SymptomKind): Symptom[] {
  const rest = symptoms.filter((one) => one.kind !== kind || !samePlace(one, place));
  return rest.length < symptoms.length ? rest : [...symptoms, { ...place, kind, note: "" }];
}

/** Where each symptom is drawn: those of one place stand beside each other, so far apart. */
export function spread(
  symptoms: readonly Symptom[],
  apart = 21,
): readonly { readonly symptom: Symptom; readonly at: Point }[] {
  return symptoms.map((symptom, index) => {
    const here = symptoms.filter((other) => samePlace(other, symptom));
    const before = symptoms.slice(0, index).filter((other) => samePlace(other, symptom)).length;
    const { x, y } = pointOf(symptom);
    return { symptom, at: { x: x + (before - (here.length - 1) / 2) * apart, y } };
  });
}
