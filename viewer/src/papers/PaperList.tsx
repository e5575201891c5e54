import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/session/api";
import { useWorklistItem } from "@/worklist/api";
import { paperPath, usePapers } from "./api";
import classes from "./Papers.module.css";

export interface PaperListProps {
  readonly itemId: string;
  /** In the reading room a paper opens beside the images. */
  readonly onOpen?: ((sopInstanceUid: string) => void) | undefined;
}

/** 依頼票, 問診票, 所見用紙 and シェーマ that came with the images: part of what was asked. */
export function PaperList({ itemId, onOpen }: PaperListProps): JSX.Element | null {
  const { t } = useTranslation("papers");
  const item = useWorklistItem(itemId).data;
  const { data } = usePapers(item);
  const seesImages = useMay()("images.read");
  if (item === undefined || data === undefined || data.length === 0) return null;
  return (
    <section className={classes["part"]} aria-label={t("title")} data-papers={data.length}>
      <h3>{t("title")}</h3>
      <ul>
        {data.map((paper) => {
          const name = paper.title || t(`kind.${paper.kind}`);
          return (
            <li key={paper.sop_instance_uid}>
              <span className={classes["kind"]}>{t(`kind.${paper.kind}`)}</span>
              {onOpen ? (
                <button type="button" onClick={() => onOpen(paper.sop_instance_uid)}>
                  {name}
                </button>
              ) : seesImages ? (
                <a href={paperPath(item, paper)} target="_blank" rel="noopener">
                  {name}
                </a>
              ) : (
                <span>{name}</span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
