import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { WorklistItem } from "@/api/types";
import { FinalisationPanel } from "@/finalising/FinalisationPanel";
import { PriorLedger } from "@/priors/PriorLedger";
import { mayEnter } from "@/report/model";
import { useCaseRequest } from "@/requests/api";
import { KindMark } from "@/requests/chips";
import { ThreadLine } from "@/messages/marks";
import { useMay, useSession } from "@/session/api";
import { PatientId } from "@/ui/PatientId";
import { FailedLine } from "@/ui/States";
import { AgeSex, DayText, InstantText, Name } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { useHold, usePriority } from "./api";
import { CaseStations } from "./CaseStations";
import { DueChip, ImagesChip, PriorityMark, RequestCell } from "./chips";
import { isBlocked } from "./model";
import { Performed } from "./Performed";
import { Readings } from "./Readings";
import { HolderText } from "./Row";
import type { Opening } from "./useOpen";
import { Working } from "./Working";
import classes from "./Worklist.module.css";

export interface PreviewProps {
  readonly item: WorklistItem;
  readonly now: number;
  readonly readyIn: number | null;
  readonly open: Opening;
}

/** The chosen case beside the list: who, why, how far, what was before; one obvious button. */
export function Preview({ item, now, readyIn, open }: PreviewProps): JSX.Element {
  const { t } = useTranslation(["worklist", "messages"]);
  const may = useMay();
  return (
    <>
      <h2 className={classes["person"]}>
        <Name name={item.patient_name} />
      </h2>
      <dl className={classes["facts"]}>
        <dt>{t("fact.patient_id")}</dt>
        <dd>{item.patient_id ? <PatientId id={item.patient_id} /> : "–"}</dd>
        <dt>{t("fact.birth")}</dt>
        <dd>
          <DayText value={item.patient_birth_date} />
          {" · "}
          <AgeSex birth={item.patient_birth_date} on={item.study_date} sex={item.patient_sex} />
        </dd>
      </dl>
      <Actions item={item} open={open} />
      <Working item={item} now={now} />
      <Readings item={item} />
      <FinalisationPanel item={item} className={classes["section"] ?? ""} />
      <section className={classes["section"]}>
        <CaseStations item={item} />
      </section>
      <section className={classes["section"]}>
        <h3>{t("preview.request")}</h3>
        <p className={classes["why"]}>
          <RequestCell item={item} /> <KindMark kind={item.request_kind} />
        </p>
        <Why item={item} />
        <dl className={classes["facts"]}>
          <dt>{t("fact.due")}</dt>
          <dd>
            <DueText item={item} now={now} />
          </dd>
          <dt>{t("fact.study")}</dt>
          <dd>
            {[item.modalities.join(" "), item.study_description].filter(Boolean).join(" · ") || "–"}
            <br />
            <DayText value={item.study_date} />
          </dd>
          <dt>{t("fact.accession_number")}</dt>
          <dd>{item.accession_number || "–"}</dd>
          <dt>{t("fact.site")}</dt>
          <dd>
            <SiteName id={item.site_id} name={item.site_name} />
          </dd>
          <dt>{t("fact.images")}</dt>
          <dd>
            <ImagesChip item={item} readyIn={readyIn} /> <Performed item={item} counted />
          </dd>
        </dl>
      </section>
      {may("messages.read") && (
        <section className={classes["section"]}>
          <h3>{t("messages:title")}</h3>
          <ThreadLine item={item} />
        </section>
      )}
      <Priors item={item} />
      <p className={classes["foot"]}>{t("preview.keys")}</p>
    </>
  );
}

/** Why it is asked, and what, in the hospital's words. */
function Why({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const asked = item.request_state === "matched" || item.request_state === "mismatch";
  const allowed = useMay()("request.read");
  const { data } = useCaseRequest(item.worklist_item_id, { wanted: asked && allowed });
  if (data == null) return null;
  return (
    <p className={classes["why"]}>
      <strong>{data.clinical.reason}</strong>
      {data.clinical.question && (
        <>
          <br />
          {data.clinical.question}
        </>
      )}
    </p>
  );
}

function DueText({ item, now }: { readonly item: WorklistItem; readonly now: number }): JSX.Element {
  const { t } = useTranslation("worklist");
  if (!item.due_at) return <>{t("due.none")}</>;
  return (
    <>
      <InstantText value={item.due_at} /> {item.status !== "completed" && <DueChip item={item} now={now} />}{" "}
      <PriorityMark priority={item.priority} />
    </>
  );
}

/** What else can be done: words at the left edge, below the one button. */
const SECONDARY = { size: "compact-sm", variant: "subtle", className: classes["beside"] ?? "" };

function Actions({ item, open }: Pick<PreviewProps, "item" | "open">): JSX.Element {
  const { t } = useTranslation(["worklist", "working", "orders"]);
  const { session } = useSession();
  const release = useHold("release");
  const priority = usePriority();
  const holder = item.locked_by;
  const mine = holder?.person_id === session.person.person_id;
  const done = item.status === "completed" || item.status === "canceled";
  const blocked = isBlocked(item);
  const role = item.my_role;
  const reads = open.mayClaim && !done && !blocked && role !== null;
  const urgent = item.priority === "urgent";
  const seesImages = session.permissions.includes("images.read");
  return (
    <div className={classes["actions"]}>
      {open.error && open.failedId === item.worklist_item_id && <FailedLine error={open.error} />}
      {release.error && <FailedLine error={release.error} />}
      {priority.error && <FailedLine error={priority.error} />}
      {holder && <HolderText item={item} />}
      {blocked && (
        <p role="alert" className={classes["blocked"]}>
          {t("request.blocked_long")}
        </p>
      )}
      {blocked && session.permissions.includes("request.reconcile") && (
        <Button component={Link} href="/requests?state=mismatch">
          {t("request.decide")}
        </Button>
      )}
      {reads && (
        <Button onClick={() => open.open(item)} loading={open.pending}>
          {mine
            ? t("action.continue")
            : role === "sole"
              ? t("action.start")
              : t("working:start_as", { role: t(`working:role.${role}`) })}
        </Button>
      )}
      {mayEnter(item, session.permissions) && (
        <Button component={Link} href={`/cases/${encodeURIComponent(item.worklist_item_id)}`}>
          {t("orders:enter")}
        </Button>
      )}
      {!reads && seesImages && (
        <Button variant="default" onClick={() => open.open(item)}>
          {t("action.view_images")}
        </Button>
      )}
      {(item.report_status !== null || (mine && item.readings.length > 1)) &&
        session.permissions.includes("report.read") && (
          <Button variant="default" component={Link} href={`/cases/${encodeURIComponent(item.worklist_item_id)}`}>
            {t("action.report")}
          </Button>
        )}
      {open.mayClaim && !done && (
        <Button
          {...SECONDARY}
          onClick={() => priority.mutate({ itemId: item.worklist_item_id, priority: urgent ? "routine" : "urgent" })}
          loading={priority.isPending}
        >
          {urgent ? t("action.routine") : t("action.urgent")}
        </Button>
      )}
      {mine && !done && (
        <Button {...SECONDARY} onClick={() => release.mutate(item.worklist_item_id)} loading={release.isPending}>
          {t("action.release")}
        </Button>
      )}
    </div>
  );
}

function Priors({ item }: { readonly item: WorklistItem }): JSX.Element {
  const { t } = useTranslation("worklist");
  return (
    <section className={classes["section"]}>
      <h3>{t("preview.priors", { count: item.priors.length })}</h3>
      {item.priors.length === 0 ? (
        <p className={classes["none"]}>{t("preview.no_priors")}</p>
      ) : (
        <ul className={classes["priors"]}>
          {item.priors.map((prior) => (
            <li key={prior.study_instance_uid}>
              <DayText value={prior.study_date} short />
              <span>{prior.modalities.join(" ")}</span>
              <span>{prior.study_description}</span>
            </li>
          ))}
        </ul>
      )}
      <PriorLedger item={item} />
    </section>
  );
}
