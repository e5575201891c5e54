import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { Alerts } from "./Alerts";
import { Certification } from "./Certification";
import { DormantAccounts } from "./DormantAccounts";
import { RoleRequests } from "./RoleRequests";
import { Substitutes } from "./Substitutes";

/** What administrators look through: alarms, ways in without a key, roles asked for, accounts that sleep, the certificate. */
export default function SecurityPage(): JSX.Element {
  const { t } = useTranslation("rights");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Alerts />
      <RoleRequests />
      <Substitutes />
      <DormantAccounts />
      <Certification />
    </Page>
  );
}
