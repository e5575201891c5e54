import { useEffect, useRef, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useRoute } from "wouter";
import { EscalatedBadge } from "@/centre/Escalated";
import { HealthMark } from "@/gateways/Health";
import { UnreadBadge } from "@/messages/marks";
import { OffersBadge } from "@/rights/CertificateOffers";
import { OwnAlerts } from "@/rights/OwnAlerts";
import { useMay, useMayInCentre } from "@/session/api";
import { ContactsDue } from "@/sites/ContactsDue";
import { Brand } from "./Brand";
import { PersonMenu } from "./PersonMenu";
import { ShapeMark } from "./shapes";
import classes from "./Shell.module.css";
import { useInEvaluation } from "./useStanding";

/** Stays until a certification is recorded (OPS-14). */
export function EvaluationMark(): JSX.Element | null {
  const { t } = useTranslation("ui");
  if (!useInEvaluation()) return null;
  return (
    <span className={classes["evaluation"]} title={t("evaluation.long")}>
      <ShapeMark shape="triangle" />
      <span>{t("evaluation.short")}</span>
    </span>
  );
}

/** Where one is, where one can go, who one is; the page has the rest. */
export function Shell({ children }: { readonly children: ReactNode }): JSX.Element {
  const { t } = useTranslation(["ui", "requests", "rights", "screening", "centre", "sites", "lists", "displays"]);
  const may = useMay();
  const mayInCentre = useMayInCentre();
  return (
    <div className={classes["shell"]}>
      <a href="#content" className={classes["skip"]}>
        {t("skip_to_content")}
      </a>
      <header className={classes["bar"]}>
        <Link href="/" className={classes["home"] ?? ""}>
          <Brand quiet />
        </Link>
        <nav aria-label={t("nav.label")} className={classes["nav"]}>
          {may("worklist.read") && <Place href="/worklist" word={t("nav.worklist")} besides={<UnreadBadge />} />}
          {may("report.read") && <Place href="/outcomes" word={t("nav.outcomes")} besides={<EscalatedBadge />} />}
          {may("request.read") && <Place href="/requests" word={t("requests:nav")} />}
          {may("screening.manage") && <Place href="/screening" word={t("screening:nav")} />}
          {may("gateways.read") && <Place href="/gateways" word={t("nav.gateways")} besides={<HealthMark />} />}
          {may("site.read") && <Place href="/hospitals" word={t("sites:nav")} />}
          {may("displays.manage") && <Place href="/displays" word={t("displays:nav")} />}
          {mayInCentre("administer") && <Place href="/people" word={t("nav.people")} besides={<OffersBadge />} />}
          {(may("report.sign") || mayInCentre("administer")) && <Place href="/lists" word={t("lists:nav")} />}
          {may("audit.read") && <Place href="/audit" word={t("nav.audit")} />}
          {mayInCentre("administer") && <Place href="/safety" word={t("rights:nav")} />}
          {may("administer") && <Place href="/centre" word={t("centre:nav")} />}
        </nav>
        <span className={classes["space"]} />
        <EvaluationMark />
        <PersonMenu />
      </header>
      <div>
        <OwnAlerts />
        <ContactsDue />
      </div>
      <main id="content" tabIndex={-1} className={classes["main"]}>
        {children}
      </main>
    </div>
  );
}

interface PlaceProps {
  readonly href: string;
  readonly word: string;
  readonly besides?: ReactNode;
}

function Place({ href, word, besides }: PlaceProps): JSX.Element {
  const [here] = useRoute(`${href}/*?`);
  const place = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (here) place.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <Link ref={place} href={href} aria-current={here ? "page" : undefined}>
      {word}
      {besides}
    </Link>
  );
}
