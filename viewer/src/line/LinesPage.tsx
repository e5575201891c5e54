import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/session/api";
import { Page } from "@/ui/Page";
import { History } from "./History";
import { LimitsSection } from "./LimitsSection";
import { ThisLine } from "./ThisLine";

/** What each line carries and what can be read over it, known before it hurts (NET-20). */
export default function LinesPage(): JSX.Element {
  const { t } = useTranslation("lines");
  const may = useMay();
  return (
    <Page title={t("title")} lead={t("lead")}>
      {may("images.read") && <ThisLine />}
      {may("gateways.read") && <History />}
      {may("gateways.read") && <LimitsSection changeable={may("administer")} />}
    </Page>
  );
}
