import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useMayInCentre } from "@/session/api";
import { Page } from "@/ui/Page";
import { HeldReadings } from "./HeldReadings";
import { Managers } from "./Managers";
import { RulesSection } from "./RulesSection";

/** What administrators settle: passwords and locks, who answers for unread reports, readings that nobody gives back. */
export default function CentrePage(): JSX.Element {
  const { t } = useTranslation("centre");
  const mayInCentre = useMayInCentre();
  return (
    <Page title={t("title")} lead={t("lead")}>
      {mayInCentre("administer") && <RulesSection />}
      <Managers />
      <HeldReadings />
    </Page>
  );
}
