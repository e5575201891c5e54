import { Button } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemWords } from "./problem";
import { ShapeMark, type Shape } from "./shapes";
import classes from "./States.module.css";

export interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly shape?: Shape;
  readonly compact?: boolean;
  readonly action?: ReactNode;
  /** The heading of the page, where nothing else is on it. */
  readonly heading?: boolean;
}

const sized = (compact: boolean): string =>
  compact ? `${classes["state"] ?? ""} ${classes["compact"] ?? ""}` : (classes["state"] ?? "");

/** Nothing is here, why that is so, and what fills it. */
export function Empty({
  title,
  children,
  shape = "hollow",
  compact = false,
  action,
  heading = false,
}: EmptyProps): JSX.Element {
  return (
    <div className={sized(compact)}>
      {!compact && <ShapeMark shape={shape} size={32} className={classes["mark"]} />}
      {heading ? <h1 className={classes["title"]}>{title}</h1> : <p className={classes["title"]}>{title}</p>}
      {children !== undefined && <p className={classes["text"]}>{children}</p>}
      {action !== undefined && <div className={classes["actions"]}>{action}</div>}
    </div>
  );
}

/** The outline of what is coming, so that nothing jumps when it comes. */
export function LoadingRows({ rows = 8 }: { readonly rows?: number }): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <div className={classes["rows"]} role="status" aria-label={t("state.loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes["bar"]} />
      ))}
    </div>
  );
}

export interface FailedProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly compact?: boolean;
  /** The heading of the page, where nothing else is on it. */
  readonly heading?: boolean;
}

/** What happened, what was kept, what to do now; the hub's own words one click away. */
export function Failed({ error, onRetry, compact = false, heading = false }: FailedProps): JSX.Element {
  const { t } = useTranslation("ui");
  const words = problemWords(error);
  return (
    <div className={sized(compact)} role="alert">
      <ShapeMark
        shape="stop"
        size={compact ? 20 : 32}
        className={`${classes["mark"] ?? ""} ${classes["danger"] ?? ""}`}
      />
      {heading ? (
        <h1 className={classes["title"]}>{t(`problem.${words.key}.what`)}</h1>
      ) : (
        <p className={classes["title"]}>{t(`problem.${words.key}.what`)}</p>
      )}
      <p className={classes["text"]}>{t(`problem.${words.key}.now`)}</p>
      {onRetry && words.key !== "forbidden" && (
        <div className={classes["actions"]}>
          <Button variant="default" onClick={onRetry}>
            {t("state.try_again")}
          </Button>
        </div>
      )}
      {words.detail && (
        <details className={classes["words"]}>
          <summary>{t("state.hub_words")}</summary>
          <dl>
            {words.phase && (
              <>
                <dt>{t("state.step")}</dt>
                <dd lang="en">{words.phase}</dd>
              </>
            )}
            <dt>{t("state.what")}</dt>
            <dd lang={words.language}>{words.detail}</dd>
            {words.remedy && (
              <>
                <dt>{t("state.what_now")}</dt>
                <dd lang={words.language}>{words.remedy}</dd>
              </>
            )}
          </dl>
        </details>
      )}
    </div>
  );
}

/** The same in one line, for a form or a button that failed. */
export function FailedLine({ error }: { readonly error: unknown }): JSX.Element {
  const { t } = useTranslation("ui");
  const words = problemWords(error);
  return (
    <div role="alert" className={classes["line"]}>
      <ShapeMark shape="stop" />
      <div>
        {t(`problem.${words.key}.what`)} {t(`problem.${words.key}.now`)}
        {words.detail && (
          <p lang={words.language} className={classes["hub"]}>
            {[words.detail, words.remedy].filter(Boolean).join(words.language === "ja" ? "。" : ": ")}
          </p>
        )}
      </div>
    </div>
  );
}
