import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip } from "@/ui/Chip";
import { formatBytes } from "@/ui/format";
import classes from "./Document.module.css";
import type { FetchedDocument } from "./fetchDocument";

interface TruthProps {
  readonly fetched: FetchedDocument;
  /** How it is coded and packed, where that says something. */
  readonly encoding?: string;
}

/** What is known of the bytes that are shown: how many, their digest, and whether it is the one taken at the source. */
export function Truth({ fetched, encoding = "" }: TruthProps): JSX.Element {
  const { t } = useTranslation("documents");
  const { bytes, digest, proved } = fetched;
  return (
    <footer className={classes["truth"]} data-proved={proved ?? "unknown"}>
      {proved === null ? (
        <Chip tone="idle" shape="hollow">
          {t("truth.noDigest")}
        </Chip>
      ) : proved ? (
        <Chip tone="good" shape="check">
          {t("truth.equal")}
        </Chip>
      ) : (
        <Chip tone="danger" shape="stop">
          {t("truth.differs")}
        </Chip>
      )}
      <span>{[formatBytes(bytes.length), encoding].filter(Boolean).join(" · ")}</span>
      <span title={`SHA-256 ${digest}`}>{`SHA-256 ${digest.slice(0, 12)}…`}</span>
    </footer>
  );
}
