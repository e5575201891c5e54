import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMayInCentre } from "@/session/api";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/States";
import { PhraseLists } from "./PhraseLists";
import { WordLists } from "./WordLists";

/** What people, sites and the centre add to the report form. */
export default function ListsPage(): JSX.Element {
  const { t } = useTranslation("lists");
  const may = useMay();
  const inCentre = useMayInCentre();
  const writes = may("report.write");
  const administers = inCentre("administer");
  return (
    <Page title={t("title")} lead={t("lead")}>
      {writes && <PhraseLists />}
      {administers && <WordLists />}
      {!writes && !administers && <Empty title={t("not_for_role")} compact />}
    </Page>
  );
}
