import { Button, NumberInput, TextInput } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Finding, ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { categoryMark } from "./model";
import { Choices } from "./Choices";
import { Figure } from "./Figure";
import type { Shown } from "./shown";
import classes from "./Structured.module.css";
import { isAsked, kindOf, kindWord, placesOf, withOwn, wordOf, type Attribute, type Own } from "./words";

export interface FindingCardProps {
  readonly form: ReportForm;
  readonly finding: Finding;
  /** How categories are given. */
  readonly scale: string;
  /** Words of the centre's own that the report uses. */
  readonly own: Own;
  /** What holds for the whole examination: some lists are asked with its purpose only. */
  readonly examined: Readonly<Record<string, string>>;
  readonly opened: boolean;
  readonly shown: (() => Shown | null) | undefined;
  readonly onOpen: () => void;
  readonly onChange: (change: Partial<Finding>) => void;
  readonly onRemove: () => void;
}

/** One finding: a line when closed, all its lists when open. */
export function FindingCard(props: FindingCardProps): JSX.Element {
  const { t } = useTranslation("structured");
  const { finding, form, opened } = props;
  const language = currentLanguage();
  const kind = kindWord(form, finding.kind, language);
  const places = placesOf(form, finding.kind).map(({ name, values }) =>
    wordOf(values, finding.place[name] ?? "", language),
  );
  const facts = [...places, finding.size_mm.length > 0 ? `${finding.size_mm.join("×")} mm` : ""];
  return (
    <li className={classes["finding"]} data-number={finding.number} data-open={opened || undefined}>
      <div className={classes["headline"]}>
        <button type="button" className={classes["open"]} aria-expanded={opened} onClick={props.onOpen}>
          <strong>{finding.number}</strong>
          <span>
            {t(finding.side === "right" ? "text.right" : "text.left")} {kind}
          </span>
          <span className={classes["facts"]}>{facts.filter((fact) => fact !== "").join(" · ")}</span>
          <span className={classes["given"]}>{categoryMark(finding.category)}</span>
        </button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={props.onRemove}>
          {t("remove")}
        </Button>
      </div>
      {opened && <Fields {...props} />}
    </li>
  );
}

function Fields({ form, finding, scale, own, examined, shown, onChange }: FindingCardProps): JSX.Element {
  const { t } = useTranslation("structured");
  const language = currentLanguage();
  const kind = kindOf(form, finding.kind);
  const lists = (kind?.attributes ?? []).filter((list) => isAsked(list, examined));
  const described = (name: string, value: string): void =>
    onChange({ descriptors: { ...finding.descriptors, [name]: value } });
  const categories = kind?.categories[scale] ?? [];
  const options = (attribute: Attribute): { value: string; word: string }[] =>
    attribute.values.map((value) => ({ value: value.value, word: value[language] }));
  return (
    <div className={classes["fields"]}>
      <Choices
        label={t("side")}
        required
        value={finding.side}
        options={(["right", "left"] as const).map((side) => ({
          value: side,
          word: t(side === "right" ? "text.right" : "text.left"),
        }))}
        onChange={(side) => side !== "" && onChange({ side: side === "right" ? "right" : "left" })}
      />
      {placesOf(form, finding.kind).map((place) => (
        <Choices
          key={place.name}
          label={place[language]}
          value={finding.place[place.name] ?? ""}
          options={options(place).map((option) => ({
            ...option,
            short: shortened(place.name, option.value, option.word),
          }))}
          onChange={(value) => onChange({ place: { ...finding.place, [place.name]: value } })}
        />
      ))}
      <Sizes form={form} finding={finding} onChange={onChange} />
      {lists.map((list) => {
        const field = { label: list[language], value: finding.descriptors[list.name] ?? "" };
        const given = (value: string): void => described(list.name, value);
        if (list.number) return <Figure key={list.name} {...field} number={list.number} onChange={given} />;
        const words = options({ ...list, values: withOwn(list, field.value, own) });
        return <Choices key={list.name} {...field} options={words} onChange={given} />;
      })}
      <Choices
        label={t("comparison")}
        value={finding.comparison}
        options={withOwn({ values: form.comparisons }, finding.comparison, own).map((word) => ({
          value: word.value,
          word: word[language],
        }))}
        onChange={(comparison) => onChange({ comparison })}
      />
      {categories.length > 0 && (
        <Choices
          label={t("category")}
          required
          value={finding.category}
          options={[...categories, "NA"].map((category) => ({ value: category, word: categoryMark(category) }))}
          onChange={(category) => onChange({ category })}
        />
      )}
      <TextInput
        label={t("note")}
        size="xs"
        value={finding.note}
        maxLength={1000}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
      <Links finding={finding} shown={shown} onChange={onChange} />
    </div>
  );
}

/** The letter alone where the list is known by letters. */
function shortened(name: string, value: string, word: string): string {
  if (name === "clock") return value;
  return name === "depth" ? word : value;
}

function Sizes({ form, finding, onChange }: Pick<FindingCardProps, "form" | "finding" | "onChange">): JSX.Element {
  const { t } = useTranslation("structured");
  const kind = kindOf(form, finding.kind);
  const names = kind?.sizes ?? [];
  const given = (index: number, value: string | number): void => {
    const sizes = names.map((_, at) => (at === index ? Number(value) || 0 : (finding.size_mm[at] ?? 0)));
    const end = sizes.indexOf(0);
    onChange({ size_mm: end < 0 ? sizes : sizes.slice(0, end) });
  };
  return (
    <div className={classes["field"]}>
      <span className={classes["name"]}>{t("size")}</span>
      <span className={classes["numbers"]}>
        {names.map((name, index) => (
          <NumberInput
            key={name}
            size="xs"
            hideControls
            min={0}
            max={500}
            decimalScale={1}
            disabled={index > finding.size_mm.length}
            aria-label={t(`sizes.${knownSize(name)}`)}
            placeholder={t(`sizes.${knownSize(name)}`)}
            value={finding.size_mm[index] ?? ""}
            onChange={(value) => given(index, value)}
          />
        ))}
        {kind?.distance && (
          <NumberInput
            size="xs"
            hideControls
            min={0}
            max={500}
            decimalScale={1}
            aria-label={t("distance")}
            placeholder={t("distance")}
            value={finding.distance_mm ?? ""}
            onChange={(value) => onChange({ distance_mm: value === "" ? null : Number(value) })}
          />
        )}
      </span>
    </div>
  );
}

const SIZES = ["length", "width", "depth", "height"] as const;
const knownSize = (name: string): (typeof SIZES)[number] => SIZES.find((one) => one === name) ?? "length";

function Links({ finding, shown, onChange }: Pick<FindingCardProps, "finding" | "shown" | "onChange">): JSX.Element {
  const { t } = useTranslation("structured");
  const link = (): void => {
    const image = shown?.();
    if (!image) return;
    const others = finding.images.filter(
      (one) => one.sop_instance_uid !== image.sop_instance_uid || one.frame !== image.frame,
    );
    onChange({ images: [...others, { sop_instance_uid: image.sop_instance_uid, frame: image.frame }] });
  };
  return (
    <div className={classes["links"]}>
      <span>{t("linked", { count: finding.images.length })}</span>
      {shown && (
        <Button size="compact-xs" variant="default" onClick={link}>
          {t("link_shown")}
        </Button>
      )}
      {finding.images.length > 0 && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ images: [] })}>
          {t("unlink")}
        </Button>
      )}
    </div>
  );
}
