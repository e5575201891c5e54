import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { WorklistItem } from "@/api/types";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { useLineStanding } from "./api";
import classes from "./Line.module.css";
import { isKnown, kindOf, LOOKS, secondsText } from "./model";

/** Over a case beside the list: what the line of this device is worth for it, with the line's check one click away. */
export function LineStrip({ item }: { readonly item: WorklistItem | null }): JSX.Element | null {
  const { t } = useTranslation("lines");
  const sees = useMay()("images.read");
  const standing = useLineStanding(sees).data;
  if (standing === undefined) return null;
  const kind = item === null ? null : kindOf(item.modalities, item.priors.length > 0);
  const judged = isKnown(standing.state) ? standing.last?.judged.find((one) => one.kind === kind) : undefined;
  const look = judged?.verdict ?? standing.state;
  const [tone, shape] = LOOKS[look];
  return (
    <Link href="/lines" className={classes["strip"] ?? ""} title={t("strip.title")} data-line={look}>
      <Chip tone={tone} shape={shape}>
        {t("strip.line", { state: t(`state.${look}`) })}
      </Chip>
      {judged !== undefined && (
        <span className={classes["limit"]}>
          {t("strip.seconds", {
            kind: t(`kind.${judged.kind}`),
            first: secondsText(judged.large.first),
            whole: secondsText(judged.large.whole),
          })}
        </span>
      )}
    </Link>
  );
}
