import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useWorklistItem } from "@/worklist/api";
import { paperPath, usePapers, type OfStudy } from "./api";
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
  return item === undefined ? null : <StudyPapers of={item} title={t("title")} onOpen={onOpen} />;
}

export interface StudyPapersProps {
  readonly of: OfStudy;
  readonly title: string;
  readonly onOpen?: ((sopInstanceUid: string) => void) | undefined;
}

/** The papers of one study, under a heading. */
export function StudyPapers({ of, title, onOpen }: StudyPapersProps): JSX.Element | null {
  const { t } = useTranslation("papers");
  const { data } = usePapers(of);
  if (data === undefined || data.length === 0) return null;
  return (
    <section className={classes["part"]} aria-label={title} data-papers={data.length}>
      <h3>{title}</h3>
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
              ) : (
                <a href={paperPath(of, paper)} target="_blank" rel="noopener">
                  {name}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
