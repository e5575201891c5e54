import { NativeSelect } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportVersion } from "@/api/types";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useVersions } from "./api";
import { difference, side, type Piece } from "./difference";
import { categoryMark } from "./model";
import { knownStatus, ReportStatusChip } from "./ReportStatusChip";
import classes from "./Versions.module.css";

/** Signed versions beside one another, the words that changed marked; one version alone has nothing beside it. */
export function Versions({ itemId, count }: { readonly itemId: string; readonly count: number }): JSX.Element | null {
  const { t } = useTranslation("versions");
  const query = useVersions(itemId, count);
  const versions = query.data ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const newest = versions.at(-1);
  if (query.error) return <FailedLine error={query.error} />;
  if (!newest || versions.length < 2) return null;
  const earlier = versions.slice(0, -1);
  const old = earlier.find(({ number }) => number === chosen) ?? earlier.at(-1);
  if (!old) return null;
  return (
    <section className={classes["versions"]} aria-label={t("title")}>
      <div className={classes["head"]}>
        <h3>{t("title")}</h3>
        {earlier.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t("compare_with")}
            value={String(old.number)}
            data={earlier.map(({ number }) => ({ value: String(number), label: t("number", { number }) }))}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          />
        )}
      </div>
      <div className={classes["pair"]}>
        <Version version={old} other={newest} now={false} />
        <Version version={newest} other={old} now />
      </div>
    </section>
  );
}

interface VersionProps {
  readonly version: ReportVersion;
  readonly other: ReportVersion;
  readonly now: boolean;
}

function Version({ version, other, now }: VersionProps): JSX.Element {
  const { t } = useTranslation(["versions", "report", "ui"]);
  const marked = (text: string, its: string): readonly Piece[] =>
    now ? side(difference(its, text), "removed") : side(difference(text, its), "added");
  const categories = (one: ReportVersion): string =>
    `${t("ui:right")} ${categoryMark(one.category_right)}\u3000${t("ui:left")} ${categoryMark(one.category_left)}`;
  return (
    <article className={classes["version"]} data-version={version.number}>
      <p className={classes["who"]}>
        <strong>{t("versions:number", { number: version.number })}</strong>
        <ReportStatusChip status={knownStatus(version.status)} />
        {!now && <span className={classes["old"]}>{t("versions:replaced")}</span>}
      </p>
      <p className={classes["quiet"]}>
        {version.display_name} <InstantText value={version.signed_at} seconds />
      </p>
      <Part title={t("report:categories")} pieces={marked(categories(version), categories(other))} />
      <Part title={t("report:impression")} pieces={marked(version.impression, other.impression)} />
      <Part title={t("report:findings")} pieces={marked(version.findings, other.findings)} />
      {version.fields.length + other.fields.length > 0 && (
        <Part title={t("versions:fields")} pieces={marked(version.fields.join("\n"), other.fields.join("\n"))} />
      )}
    </article>
  );
}

function Part({ title, pieces }: { readonly title: string; readonly pieces: readonly Piece[] }): JSX.Element {
  const { t } = useTranslation("versions");
  return (
    <>
      <h4>{title}</h4>
      <p className={classes["text"]}>
        {pieces.length === 0 && <span className={classes["quiet"]}>{t("nothing")}</span>}
        {pieces.map((piece, index) =>
          piece.mark === "added" ? (
            <ins key={index}>{piece.text}</ins>
          ) : piece.mark === "removed" ? (
            <del key={index}>{piece.text}</del>
          ) : (
            <span key={index}>{piece.text}</span>
          ),
        )}
      </p>
    </>
  );
}
