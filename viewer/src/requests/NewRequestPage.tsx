import { Button, NativeSelect } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMay, useSitesWith } from "@/session/api";
import { hubDate, useHubNow } from "@/ui/clock";
import { dayOf, formatDay, parseDay } from "@/ui/format";
import { Page } from "@/ui/Page";
import { useDateStyle } from "@/ui/preferences";
import { Empty, FailedLine } from "@/ui/States";
import { useTyped } from "@/ui/useTyped";
import { usePlace, useSought } from "./api";
import { compactDay, typedDay } from "./days";
import { Section } from "./fields";
import { ChosenFiles } from "./Files";
import classes from "./Form.module.css";
import { asPlaced, gapsOf, knownBefore, takenOver, type Draft } from "./model";
import { Gaps, RequestForm } from "./RequestForm";
import { begin, forget, useUnplaced, write, type Unplaced } from "./unplaced";
import { useUploads } from "./uploads";

/** A new reading request. */
export default function NewRequestPage(): JSX.Element {
  const { t } = useTranslation("requests");
  const may = useMay();
  return (
    <Page title={t("new")} lead={t("new_lead")}>
      {may("request.place") ? <Begun /> : <Empty title={t("new")}>{t("not_for_role")}</Empty>}
    </Page>
  );
}

function Begun(): JSX.Element {
  const sites = useSitesWith("request.place");
  const onlySite = sites.length === 1 ? (sites[0]?.site_id ?? "") : "";
  const [first] = useState(() => begin(onlySite, typedDay(compactDay(dayOf(hubDate())))));
  return <Writing unplaced={useUnplaced() ?? first} />;
}

function Writing({ unplaced }: { readonly unplaced: Unplaced }): JSX.Element {
  const { t } = useTranslation("requests");
  const [, go] = useLocation();
  const [asked, setAsked] = useState(false);
  const { siteId, draft, files, touched } = unplaced;
  const now = useHubNow(30_000);
  const gaps = gapsOf(draft, { siteId, today: compactDay(dayOf(new Date(now))), now });
  const place = usePlace();
  const { add } = useUploads(null);
  const submit = (): void => {
    setAsked(true);
    if (gaps.length > 0 || place.isPending) return;
    place.mutate(
      { siteId, request: asPlaced(draft) },
      {
        onSuccess: ({ request_id }) => {
          if (files.length > 0) add(request_id, files);
          forget();
          go(`/requests/${encodeURIComponent(request_id)}`, { replace: true });
        },
      },
    );
  };
  const discard = (): void => {
    forget();
    go("/requests");
  };
  return (
    <RequestForm
      draft={draft}
      onChange={(changed) => write({ draft: changed })}
      gaps={gaps}
      asked={asked}
      before={<SiteChoice siteId={siteId} error={asked && gaps.includes("site") ? t("gap.site") : undefined} />}
      known={<Known siteId={siteId} draft={draft} />}
      files={<ChosenFiles files={files} onChange={(chosen) => write({ files: chosen })} />}
      side={
        <aside className={classes["side"]} aria-label={t("form.place")}>
          <h2>{gaps.length === 0 ? t("form.ready") : t("form.to_go", { count: gaps.length })}</h2>
          <Gaps gaps={gaps} asked={asked} />
          {place.error !== null && <FailedLine error={place.error} />}
          <Button onClick={submit} loading={place.isPending}>
            {t("form.place")}
          </Button>
          <p className={classes["none"]}>{t("form.unplaced")}</p>
          {touched && (
            <Button variant="subtle" size="xs" onClick={discard}>
              {t("form.discard")}
            </Button>
          )}
        </aside>
      }
    />
  );
}

/** The last request of the patient whose number is typed, to go on from. */
function Known({ siteId, draft }: { readonly siteId: string; readonly draft: Draft }): JSX.Element | null {
  const { t } = useTranslation("requests");
  const style = useDateStyle();
  const allowed = useMay()("request.read");
  const { typed: patientId } = useTyped(draft.patient.patient_id);
  const wanted = allowed && siteId !== "" && patientId !== "";
  const { data } = useSought({ site_id: siteId, patient_id: patientId }, wanted);
  const last = knownBefore(draft, data?.items ?? []);
  if (last === null) return null;
  return (
    <div className={classes["known"]} role="status">
      <span>{t("form.known", { day: formatDay(parseDay(last.placed_at), style) })}</span>
      <Button size="xs" variant="default" onClick={() => write({ draft: takenOver(draft, last) })}>
        {t("form.take_over")}
      </Button>
    </div>
  );
}

/** For which hospital; not asked of who works for one only. */
function SiteChoice({
  siteId,
  error,
}: {
  readonly siteId: string;
  readonly error: string | undefined;
}): JSX.Element | null {
  const { t } = useTranslation("requests");
  const sites = useSitesWith("request.place");
  if (sites.length === 1) return null;
  return (
    <Section title={t("form.site")}>
      <NativeSelect
        id="gap-site"
        aria-label={t("form.site")}
        value={siteId}
        onChange={(event) => write({ siteId: event.currentTarget.value })}
        error={error}
        data={[
          { value: "", label: t("form.choose_site") },
          ...sites.map(({ site_id, name }) => ({ value: site_id, label: name })),
        ]}
      />
    </Section>
  );
}
