import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMay } from "@/session/api";
import { ShapeMark } from "@/ui/shapes";
import { useCount } from "@/ui/Written";
import notice from "@/ui/Notice.module.css";
import { useSites } from "./api";
import { useSiteName } from "./marks";

/** A month has passed since somebody tried to call (REPORT-14); over the pages of those who keep the contacts. */
export function ContactsDue(): JSX.Element | null {
  const { t } = useTranslation("sites");
  const may = useMay();
  const keeps = may("site.contacts") && !may("administer");
  const { data } = useSites({ enabled: keeps });
  const name = useSiteName();
  const count = useCount();
  const site = keeps ? data?.find(({ tests_due }) => tests_due > 0) : undefined;
  if (site === undefined) return null;
  return (
    <div className={notice["bar"]} role="status" data-contacts-due={site.site_id}>
      <ShapeMark shape="triangle" />
      <p>
        {t("contact.reminder", {
          site: name(site.name, site.name_en),
          count: site.tests_due,
          number: count(site.tests_due),
        })}
      </p>
      <Link href={`/hospitals/${encodeURIComponent(site.site_id)}`}>{t("contact.see")}</Link>
    </div>
  );
}
