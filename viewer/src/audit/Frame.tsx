import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useRoute } from "wouter";
import { Shell } from "@/ui/Shell";
import { Titled } from "@/ui/Titled";
import tabs from "@/ui/Tabs.module.css";
import { useReviews } from "./api";
import classes from "./Audit.module.css";

export interface FrameProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** The auditor's two pages side by side, with what waits in the second. */
export function Frame({ title, aside, children }: FrameProps): JSX.Element {
  const { t } = useTranslation("audit");
  const reviews = useReviews();
  const waiting = reviews.data?.filter(({ signed_at }) => signed_at === null) ?? [];
  return (
    <Shell>
      <Titled title={title} />
      <h1 className="visually-hidden">{title}</h1>
      <div className={classes["page"]}>
        <div className={classes["tools"]}>
          <nav aria-label={t("pages")} className={`${tabs["tabs"] ?? ""} ${classes["pages"] ?? ""}`}>
            <Place href="/audit" word={t("trail")} />
            {reviews.data && (
              <Place href="/audit/reviews" word={t("reviews.title")}>
                {waiting.length > 0 && (
                  <span className={tabs["count"]} data-alarm={waiting.some(({ overdue }) => overdue)}>
                    {waiting.length}
                  </span>
                )}
              </Place>
            )}
          </nav>
          <span className={classes["space"]} />
          {aside}
        </div>
        <div className={classes["content"]}>{children}</div>
      </div>
    </Shell>
  );
}

interface PlaceProps {
  readonly href: string;
  readonly word: string;
  readonly children?: ReactNode;
}

function Place({ href, word, children }: PlaceProps): JSX.Element {
  const [here] = useRoute(href);
  return (
    <Link href={href} aria-current={here ? "page" : undefined}>
      {word}
      {children}
    </Link>
  );
}
