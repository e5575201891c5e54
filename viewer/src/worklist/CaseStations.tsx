import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CaseWay, Outcome, WorklistItem } from "@/api/types";
import { arrivedBack, isPromised, isRefused, originals, renewed } from "@/delivery/model";
import { Left } from "@/gateways/Sending";
import { useOutcome } from "@/outcomes/api";
import { ReportStatusChip } from "@/report/ReportStatusChip";
import { GatewayName } from "@/ui/GatewayName";
import { RecordedWords } from "@/ui/RecordedWords";
import { Stations, type Station } from "@/ui/Stations";
import { InstantText, useCount } from "@/ui/Written";
import { useWay } from "./api";
import { CASE_STATIONS, caseStates, isStopped, type CaseStation } from "./way";

interface Told {
  readonly item: WorklistItem;
  readonly way: CaseWay | null;
  readonly outcome: Outcome | null;
}

/** From the modality to the hospital's PACS: where the case stands now, and since when. */
export function CaseStations({ item }: { readonly item: WorklistItem }): JSX.Element {
  const { t } = useTranslation("worklist");
  const way = useWay(item.worklist_item_id).data ?? null;
  const outcome = useOutcome(item.worklist_item_id, item.status === "completed").data ?? null;
  const states = caseStates(item, way, outcome);
  const stations = CASE_STATIONS.flatMap((key): Station[] => {
    const state = states[key];
    if (state === undefined) return [];
    const Detail = DETAILS[key];
    return [{ key, state, word: t(`station.${key}`), detail: <Detail item={item} way={way} outcome={outcome} /> }];
  });
  return <Stations label={t("station.label")} stations={stations} />;
}

function Taken({ way }: Told): ReactNode {
  return way?.gateway == null ? null : <GatewayName name={way.gateway.name} id={way.gateway.gateway_id} />;
}

function Proved({ way }: Told): ReactNode {
  const { t } = useTranslation("worklist");
  const count = useCount();
  const signed = way?.signed_for ?? null;
  if (signed === null) return null;
  if (!signed.verified) return t("station.unverified");
  return t("station.signed_for", { count: signed.instances, number: count(signed.instances) });
}

function AtHub({ item, way }: Told): ReactNode {
  const { t } = useTranslation("worklist");
  const count = useCount();
  if (item.images_after_signature) return t("station.after_signature");
  if (item.images_state === "complete") return <InstantText value={way?.last_received_at ?? item.arrived_at} />;
  const arrived = count(item.arrived_instances);
  return (
    <>
      {t("images.of", { arrived, declared: count(item.declared_instances ?? 0) })}{" "}
      {way?.gateway == null ? null : <Left study={way.gateway} />}{" "}
      {isStopped(way) && way?.gateway?.error ? (
        <RecordedWords raw={way.gateway.error}>{t("station.stopped")}</RecordedWords>
      ) : null}
    </>
  );
}

function Reading({ item, way }: Told): ReactNode {
  const { t } = useTranslation("worklist");
  const held = way?.held[0];
  if (held !== undefined) {
    return (
      <>
        <span>{held.display_name}</span> {held.claimed_at !== null && <InstantText value={held.claimed_at} />}
      </>
    );
  }
  if (item.locked_by !== null) return item.locked_by.display_name;
  return item.images_state === "complete" && item.status === "scheduled" ? t("station.waiting") : null;
}

function Signed({ item, way }: Told): ReactNode {
  const at = way?.held.find(
    ({ role, signed_at }) => ["sole", "arbiter"].includes(role) && signed_at !== null,
  )?.signed_at;
  return (
    <>
      {item.report_status === null ? null : <ReportStatusChip status={item.report_status} />}{" "}
      {at == null ? null : <InstantText value={at} />}
    </>
  );
}

function Back({ way }: Told): ReactNode {
  const { t } = useTranslation("worklist");
  const count = useCount();
  if (way === null || way.back.length === 0) return null;
  const first = originals(way.back);
  const missing = first.filter(({ delivered_at }) => delivered_at === null);
  const refused = missing.find(isRefused);
  if (refused !== undefined) {
    return <RecordedWords raw={refused.error || t("station.back_lost")}>{t("station.back_failed")}</RecordedWords>;
  }
  const again = renewed(way.back);
  const arrived = arrivedBack(way);
  if (isPromised(way.back)) return t("station.back_promised");
  if (arrived === null) {
    return t("station.back_waiting", { arrived: count(first.length - missing.length), all: count(first.length) });
  }
  return (
    <>
      <InstantText value={arrived} />{" "}
      {again.length > 0 &&
        t("station.back_renewed", {
          arrived: count(again.filter(({ delivered_at }) => delivered_at !== null).length),
          all: count(again.length),
        })}
    </>
  );
}

function Opened({ outcome }: Told): ReactNode {
  const { t } = useTranslation("outcomes");
  const mark = outcome?.acted ?? outcome?.opened[0];
  if (outcome?.overdue) return t(`overdue.${outcome.overdue}`);
  if (mark === undefined || outcome === null) return null;
  return (
    <>
      <span>{t(`state.${outcome.state}`)}</span> <span>{mark.display_name}</span> <InstantText value={mark.at} />
    </>
  );
}

const DETAILS: Readonly<Record<CaseStation, (told: Told) => ReactNode>> = {
  taken: Taken,
  proved: Proved,
  hub: AtHub,
  reading: Reading,
  signed: Signed,
  back: Back,
  opened: Opened,
};
