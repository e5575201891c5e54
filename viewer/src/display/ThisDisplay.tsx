import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import rights from "@/rights/Rights.module.css";
import { Section } from "@/rights/Section";
import { useMay } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { Failed, LoadingRows } from "@/ui/States";
import { useOwnDisplay } from "./api";
import { DisplayChoice } from "./DisplayChoice";
import { chosenOf, lookOf, LOOKS } from "./looks";
import { StandingFacts } from "./StandingFacts";

/** Which display this device stands at, and what it is good for. */
export function ThisDisplay(): JSX.Element | null {
  const { t } = useTranslation("displays");
  const may = useMay();
  const query = useOwnDisplay();
  if (!may("images.read")) return null;
  const look = query.data && lookOf(query.data.standing, { signs: may("report.sign") });
  return (
    <Section
      title={t("mine.title")}
      lead={t("mine.lead")}
      aside={
        look && (
          <Chip tone={LOOKS[look][0]} shape={LOOKS[look][1]} framed>
            {look === "valid" ? t("chip.valid", { grade: query.data.standing.grade }) : t(`chip.${look}`)}
          </Chip>
        )
      }
    >
      {query.data ? (
        <div className={rights["card"]}>
          <StandingFacts standing={query.data.standing} />
          <DisplayChoice key={chosenOf(query.data).join()} own={query.data} />
        </div>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} compact />
      ) : (
        <LoadingRows rows={3} />
      )}
    </Section>
  );
}
