import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { SiteDetail } from "@/api/types";
import { Page } from "@/ui/Page";
import { Failed, LoadingRows } from "@/ui/States";
import { useSite } from "./api";
import { Contacts } from "./Contacts";
import { Contracts } from "./Contracts";
import { useSiteName } from "./marks";
import { Register } from "./Register";
import classes from "./Sites.module.css";

/** One hospital: its entry in the register, its contracts with all their versions, and whom to call. */
export default function SitePage({ siteId }: { readonly siteId: string }): JSX.Element {
  const { t } = useTranslation("sites");
  const query = useSite(siteId);
  const name = useSiteName();
  const site = query.data;
  return (
    <Page
      title={site ? name(site.name, site.name_en) : t("title")}
      lead={t("one_lead")}
      aside={
        <Link href="/hospitals" className={classes["back"] ?? ""}>
          {t("back")}
        </Link>
      }
    >
      {site ? (
        <Whole site={site} />
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingRows rows={8} />
      )}
    </Page>
  );
}

function Whole({ site }: { readonly site: SiteDetail }): JSX.Element {
  return (
    <>
      <Contracts site={site} />
      <Contacts site={site} />
      <Register site={site} />
    </>
  );
}
