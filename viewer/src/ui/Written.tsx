import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "@/i18n";
import { hubDate } from "./clock";
import {
  ageOn,
  dayOf,
  formatClock,
  formatDay,
  parseDay,
  parseInstant,
  splitDuration,
  writeName,
  type PersonName,
} from "./format";
import { useDateStyle } from "./preferences";
import classes from "./Written.module.css";

/** A person's name: kanji with kana beside. */
export function Name({ name }: { readonly name: PersonName | null | undefined }): JSX.Element {
  const { t } = useTranslation("ui");
  const { main, kana } = writeName(name);
  return (
    <span className={classes["name"]}>
      <span className={classes["main"]} lang={/\p{Script=Han}/u.test(main) ? "ja" : undefined}>
        {main || t("unknown")}
      </span>
      {kana && (
        <span className={classes["kana"]} lang="ja">
          {kana}
        </span>
      )}
    </span>
  );
}

/** A calendar day, of DICOM or ISO. */
export function DayText({
  value,
  short = false,
}: {
  readonly value: string | null | undefined;
  readonly short?: boolean;
}): JSX.Element {
  const style = useDateStyle();
  const day = parseDay(value);
  if (!day) return <span>{"–"}</span>;
  return <time dateTime={formatDay(day, "iso")}>{formatDay(day, style, { short })}</time>;
}

export interface InstantProps {
  readonly value: string | null | undefined;
  readonly seconds?: boolean;
  /** The day too; left out where today is meant. */
  readonly day?: boolean;
}

/** An instant of the hub's clock, in this browser's zone, which its title names. */
export function InstantText({ value, seconds = false, day = true }: InstantProps): JSX.Element {
  const style = useDateStyle();
  const instant = parseInstant(value);
  if (!instant) return <span>{"–"}</span>;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = formatClock(instant, { seconds });
  return (
    <time dateTime={instant.toISOString()} title={`${instant.toISOString()} · ${zone}`}>
      {day && <span className={classes["whole"]}>{formatDay(dayOf(instant), style)}</span>}
      {day && " "}
      <span className={classes["whole"]}>{clock}</span>
    </time>
  );
}

/** The catalogue's words for a length of time. */
export function useDurationText(): (milliseconds: number) => string {
  const { t } = useTranslation("ui");
  return (milliseconds) => {
    const { unit, ...parts } = splitDuration(milliseconds);
    return t(`duration.${unit}`, parts);
  };
}

/** Age on a day and sex, as `61 y · F`. */
export function AgeSex(props: {
  readonly birth: string | null;
  readonly on: string | null;
  readonly sex: string | null;
}): JSX.Element {
  const { t } = useTranslation("ui");
  const age = ageOn(parseDay(props.birth), parseDay(props.on) ?? dayOf(hubDate()));
  const sex = props.sex === "F" || props.sex === "M" || props.sex === "O" ? t(`sex.${props.sex}`) : "";
  return <span>{[age === null ? "" : t("age", { age }), sex].filter(Boolean).join(" · ")}</span>;
}

/** Whole numbers with the language's grouping: 1,500; a dash for one that is not known yet. */
export function useCount(): (value: number | undefined) => string {
  const { i18n } = useTranslation("ui");
  const format = new Intl.NumberFormat(i18n.language === "ja" ? "ja" : currentLanguage());
  return (value) => (value === undefined ? "–" : format.format(value));
}
