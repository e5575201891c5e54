import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Chip } from "@/ui/Chip";
import { useLineStanding } from "./api";
import classes from "./Line.module.css";
import { LOOKS } from "./model";

/** The line of this device over the list of cases, with its check one click away. */
export function LineChip(): JSX.Element | null {
  const { t } = useTranslation("lines");
  const standing = useLineStanding().data;
  if (standing === undefined) return null;
  const [tone, shape] = LOOKS[standing.state];
  return (
    <Link href="/lines" className={classes["link"] ?? ""} title={t("chip.title")} data-line={standing.state}>
      <Chip tone={tone} shape={shape}>
        {t(`chip.${standing.state}`)}
      </Chip>
    </Link>
  );
}
