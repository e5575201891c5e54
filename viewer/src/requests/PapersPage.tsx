import { Button, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { WaitingPapers } from "@/api/types";
import { StudyPapers } from "@/papers/PaperList";
import { useMay } from "@/session/api";
import { Chip, type ChipProps } from "@/ui/Chip";
import { PatientId } from "@/ui/PatientId";
import { Shell } from "@/ui/Shell";
import { Empty, Failed, FailedLine, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { DayText, Name } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { useDecidePapers, useWaitingPapers } from "./api";
import { BothPatients } from "./BothPatients";
import reconcile from "./Reconcile.module.css";
import classes from "./Request.module.css";

type Candidate = WaitingPapers["candidates"][number];

const CHIPS = {
  proposed: { tone: "attention", shape: "half" },
  mismatch: { tone: "danger", shape: "stop" },
  near: { tone: "idle", shape: "hollow" },
} as const satisfies Record<string, Pick<ChipProps, "tone" | "shape">>;

/** Papers that came in studies without images, and the requests that they may belong to. */
export default function PapersPage(): JSX.Element {
  const { t } = useTranslation(["orders", "requests"]);
  const allowed = useMay()("request.reconcile");
  const query = useWaitingPapers(allowed);
  return (
    <Shell>
      <Titled title={t("papers.title")} />
      <div className={classes["page"]}>
        <Link href="/requests" className={classes["back"] ?? ""}>
          {t("requests:back_to_list")}
        </Link>
        <div className={classes["head"]}>
          <h1>{t("papers.title")}</h1>
          <p>{t("papers.lead")}</p>
        </div>
        {!allowed ? (
          <Empty title={t("papers.title")}>{t("papers.not_for_role")}</Empty>
        ) : query.data ? (
          query.data.length === 0 ? (
            <Empty title={t("papers.empty")}>{t("papers.empty_text")}</Empty>
          ) : (
            query.data.map((one) => <Waiting key={`${one.site_id} ${one.study_instance_uid}`} papers={one} />)
          )
        ) : query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={6} />
        )}
      </div>
    </Shell>
  );
}

function Waiting({ papers }: { readonly papers: WaitingPapers }): JSX.Element {
  const { t } = useTranslation("orders");
  return (
    <section className={reconcile["card"]} aria-label={papers.study_description || papers.study_instance_uid}>
      <h2>
        <Name name={papers.patient.name} />
      </h2>
      <p>
        <PatientId id={papers.patient.patient_id} /> <DayText value={papers.patient.birth_date} />
        {" · "}
        <DayText value={papers.study_date} /> {papers.study_description} {papers.accession_number}{" "}
        <SiteName id={papers.site_id} name={papers.site_name} />
      </p>
      <StudyPapers of={{ ...papers, number_of_instances: 0 }} title={t("papers.one")} />
      {papers.candidates.length === 0 ? (
        <p className={reconcile["quiet"]}>{t("papers.none")}</p>
      ) : (
        <ul className={reconcile["proposals"]}>
          {papers.candidates.map((one) => (
            <Asked key={one.request_id} papers={papers} candidate={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** One request that the papers may belong to: where the patients differ, only with a reason. */
function Asked({ papers, candidate }: { readonly papers: WaitingPapers; readonly candidate: Candidate }): JSX.Element {
  const { t } = useTranslation("orders");
  const decide = useDecidePapers();
  const [because, setBecause] = useState("");
  const [asked, setAsked] = useState(false);
  const differs = candidate.differences.length > 0;
  const standing = candidate.papers === "proposed" || candidate.papers === "mismatch" ? candidate.papers : "near";
  const go = (verb: "join" | "refuse"): void => {
    const needed = verb === "refuse" || differs;
    setAsked(needed);
    if (needed && !because.trim()) return;
    const { request_id } = candidate;
    decide.mutate({ verb, request_id, study_instance_uid: papers.study_instance_uid, because: because.trim() });
  };
  return (
    <li>
      <div className={reconcile["line"]}>
        <p className={reconcile["study"]}>
          <Chip {...CHIPS[standing]}>{t(`papers.${standing}`)}</Chip> <strong>{candidate.modality}</strong>{" "}
          <DayText value={candidate.examination_date} /> {candidate.accession_number}{" "}
          <Link href={`/requests/${encodeURIComponent(candidate.request_id)}`}>{t("papers.opens")}</Link>
        </p>
      </div>
      <BothPatients
        requested={{ ...candidate.patient }}
        inImages={{ ...papers.patient }}
        differences={candidate.differences}
        against={t("papers.column")}
      />
      {decide.error && <FailedLine error={decide.error} />}
      <div className={reconcile["decide"]}>
        <TextInput
          label={t("papers.because")}
          description={differs ? t("papers.because_differs") : undefined}
          maxLength={1000}
          value={because}
          onChange={(event) => setBecause(event.currentTarget.value)}
          error={asked && !because.trim() ? t("papers.because_missing") : undefined}
        />
        <div className={reconcile["buttons"]}>
          <Button variant="default" onClick={() => go("refuse")} loading={decide.isPending}>
            {t("papers.refuse")}
          </Button>
          <Button onClick={() => go("join")} loading={decide.isPending}>
            {t("papers.join")}
          </Button>
        </div>
      </div>
    </li>
  );
}
