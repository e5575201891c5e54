import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayRegister } from "@/api/types";
import { Section } from "@/rights/Section";
import { useMayInCentre } from "@/session/api";
import { Page } from "@/ui/Page";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useRegister } from "./api";
import classes from "./Display.module.css";
import { DisplayCard } from "./DisplayCard";
import { RegisterDialog } from "./RegisterDialog";
import { DisplayRulesSection } from "./DisplayRulesSection";
import { SiteGrades } from "./SiteGrades";

/** The register of displays: what stands where, how it was measured, what the centre asks (JRS-09, DISP-12). */
export default function DisplaysPage(): JSX.Element {
  const { t } = useTranslation("displays");
  const [adding, setAdding] = useState(false);
  const query = useRegister();
  const inCentre = useMayInCentre();
  return (
    <Page title={t("title")} lead={t("lead")} aside={<Button onClick={() => setAdding(true)}>{t("add")}</Button>}>
      {query.data ? (
        <Register register={query.data} />
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingRows rows={4} />
      )}
      <DisplayRulesSection changeable={inCentre("administer")} />
      <SiteGrades />
      {adding && <RegisterDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Register({ register }: { readonly register: DisplayRegister }): JSX.Element {
  const { t } = useTranslation("displays");
  const siteName = useSiteName();
  const { managers, displays } = register;
  return (
    <Section
      title={t("register")}
      lead={
        managers.length === 0
          ? t("managers.none")
          : t("managers.named", { who: managers.map((one) => `${one.name}（${siteName(one.site_id)}）`).join(" · ") })
      }
    >
      {displays.length === 0 ? (
        <Empty title={t("empty.title")}>{t("empty.text")}</Empty>
      ) : (
        <div className={classes["cards"]}>
          {displays.map((one) => (
            <DisplayCard key={one.display_id} display={one} siteName={siteName(one.site_id ?? null)} />
          ))}
        </div>
      )}
    </Section>
  );
}

function useSiteName(): (siteId: string | null) => string {
  const { t } = useTranslation("displays");
  const nameOf = useNameOfSite();
  return (siteId) => (siteId === null ? t("centre") : nameOf(siteId));
}
