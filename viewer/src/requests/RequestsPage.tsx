import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { PaperRulesDialog } from "@/papers/PaperRulesDialog";
import { useMay, useSession } from "@/session/api";
import { Live } from "@/ui/Live";
import { Shell } from "@/ui/Shell";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { useTyped } from "@/ui/useTyped";
import { useCount } from "@/ui/Written";
import tabs from "@/ui/Tabs.module.css";
import { STALE_AFTER, useRequests, useSought, useWaitingPapers } from "./api";
import { byNeed, isTab, TABS, withFound, type Tab } from "./model";
import classes from "./Requests.module.css";
import { RequestTable } from "./RequestTable";
import type { RequestList } from "./shapes";
import { useUnplaced } from "./unplaced";

/** Every request and where it stands: what somebody has to decide comes first. */
export default function RequestsPage(): JSX.Element {
  const { t } = useTranslation(["requests", "papers"]);
  const { session } = useSession();
  const may = useMay();
  const [ruling, setRuling] = useState(false);
  const [search] = useSearchParams();
  const [siteId, setSiteId] = useState("");
  const [text, setText] = useState("");
  const asked = search.get("state");
  const tab: Tab = isTab(asked) ? asked : "all";
  const query = useRequests(siteId, tab);
  const ofRules = session.sites.length === 1 ? session.sites[0] : session.sites.find((one) => one.site_id === siteId);
  const items = query.data?.items;
  const { typed, enough, still } = useTyped(text);
  const older = useSought({ text: typed, site_id: siteId, state: tab === "all" ? null : tab }, enough).data;
  const shown = useMemo(
    () => byNeed(withFound(items ?? [], text, still ? older?.items : undefined)),
    [items, older, still, text],
  );
  return (
    <Shell>
      <Titled title={t("title")} />
      <h1 className="visually-hidden">{t("title")}</h1>
      <div className={classes["page"]}>
        <div className={classes["tools"]}>
          <Tabs tab={tab} counts={query.data?.counts} />
          <span className={classes["space"]} />
          <Live updatedAt={query.dataUpdatedAt} staleAfter={STALE_AFTER} failed={query.isRefetchError} />
          {session.sites.length > 1 && (
            <NativeSelect
              size="xs"
              aria-label={t("form.site")}
              value={siteId}
              onChange={(event) => setSiteId(event.currentTarget.value)}
              data={[
                { value: "", label: t("every_site") },
                ...session.sites.map(({ site_id, name }) => ({ value: site_id, label: name })),
              ]}
            />
          )}
          <TextInput
            className={classes["search"] ?? ""}
            size="xs"
            type="search"
            aria-label={t("search")}
            placeholder={t("search")}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {may("request.reconcile") && ofRules !== undefined && (
            <Button size="xs" variant="default" onClick={() => setRuling(true)}>
              {t("papers:rules.open")}
            </Button>
          )}
          {may("request.place") && (
            <Button size="xs" component={Link} href="/requests/new">
              {t("new")}
            </Button>
          )}
        </div>
        {ruling && ofRules !== undefined && (
          <PaperRulesDialog siteId={ofRules.site_id} siteName={ofRules.name} onClose={() => setRuling(false)} />
        )}
        <Begun />
        {may("request.reconcile") && <PapersWait />}
        <div className={classes["list"]}>
          {query.data === undefined ? (
            query.error ? (
              <Failed error={query.error} onRetry={() => void query.refetch()} />
            ) : (
              <LoadingRows rows={14} />
            )
          ) : shown.length === 0 ? (
            <Nothing tab={tab} text={text} />
          ) : (
            <RequestTable requests={shown} />
          )}
        </div>
      </div>
    </Shell>
  );
}

function Tabs({ tab, counts }: { readonly tab: Tab; readonly counts: RequestList["counts"] | undefined }): JSX.Element {
  const { t } = useTranslation("requests");
  const count = useCount();
  const of = (name: Tab): number =>
    name === "all" ? Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0) : (counts?.[name] ?? 0);
  return (
    <nav aria-label={t("tabs")} className={`${tabs["tabs"] ?? ""} ${classes["tabs"] ?? ""}`}>
      {TABS.map((name) => (
        <Link key={name} href={`/requests?state=${name}`} aria-current={name === tab ? "page" : undefined}>
          {t(name === "all" ? "all" : `state.${name}`)}
          <span className={tabs["count"]} data-alarm={name === "mismatch" && of(name) > 0}>
            {count(counts && of(name))}
          </span>
        </Link>
      ))}
    </nav>
  );
}

/** The way back to what was begun and not placed. */
function Begun(): JSX.Element | null {
  const { t } = useTranslation("requests");
  const unplaced = useUnplaced();
  if (unplaced?.touched !== true) return null;
  return (
    <p className={classes["begun"]}>
      {t("begun")} <Link href="/requests/new">{t("begun_open")}</Link>
    </p>
  );
}

/** Papers that came without images: staff says whose they are. */
function PapersWait(): JSX.Element | null {
  const { t } = useTranslation("orders");
  const waiting = useWaitingPapers(true).data?.length ?? 0;
  if (waiting === 0) return null;
  return (
    <p className={classes["begun"]} data-papers-wait={waiting}>
      {t("papers.waiting", { count: waiting })} <Link href="/requests/papers">{t("papers.open")}</Link>
    </p>
  );
}

function Nothing({ tab, text }: { readonly tab: Tab; readonly text: string }): JSX.Element {
  const { t } = useTranslation("requests");
  const may = useMay();
  if (text.trim()) return <Empty title={t("empty.search", { text })}>{t("empty.search_text")}</Empty>;
  const action =
    may("request.place") && (tab === "all" || tab === "waiting") ? (
      <Button component={Link} href="/requests/new">
        {t("new")}
      </Button>
    ) : undefined;
  return (
    <Empty title={t(`empty.${tab}`)} shape={tab === "mismatch" ? "full" : "hollow"} action={action}>
      {t(`empty.${tab}_text`)}
    </Empty>
  );
}
