import { Button, Textarea } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMay } from "@/session/api";
import { Empty, Failed, FailedLine, LoadingRows } from "@/ui/States";
import { ShapeMark } from "@/ui/shapes";
import { DayText } from "@/ui/Written";
import { useWorklistItem } from "@/worklist/api";
import { useMatch, useSettle, useStudies } from "./api";
import { BothPatients, type Identity } from "./BothPatients";
import classes from "./Reconcile.module.css";
import type { Proposal, ReadingRequest } from "./shapes";

/** Which images the request is about, and what a person has to decide of it. */
export function Reconcile({ request }: { readonly request: ReadingRequest }): JSX.Element | null {
  const mayDecide = useMay()("request.reconcile");
  switch (request.state) {
    case "mismatch":
      return <Mismatch request={request} mayDecide={mayDecide} />;
    case "proposed":
      return <Proposed request={request} mayDecide={mayDecide} />;
    case "waiting":
      return <Waiting request={request} mayDecide={mayDecide} />;
    case "matched":
      return <Matched request={request} mayDecide={mayDecide} />;
    case "canceled":
      return null;
  }
}

interface DecidingProps {
  readonly request: ReadingRequest;
  readonly mayDecide: boolean;
}

function Mismatch({ request, mayDecide }: DecidingProps): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <section className={classes["card"]} data-alarm="true" aria-labelledby="reconcile">
      <h2 id="reconcile">
        <ShapeMark shape="stop" /> {t("mismatch.title")}
      </h2>
      <p>{t(request.reasons.includes("two_requests") ? "mismatch.two_requests" : "mismatch.blocks")}</p>
      {request.worklist_item_id === null ? (
        <BothPatients requested={request.patient} inImages={null} differences={request.differences} />
      ) : (
        <BesideImages request={request} itemId={request.worklist_item_id} />
      )}
      {mayDecide ? <Decide request={request} /> : <p className={classes["quiet"]}>{t("mismatch.by_others")}</p>}
    </section>
  );
}

function BesideImages({ request, itemId }: { readonly request: ReadingRequest; readonly itemId: string }): JSX.Element {
  const { data } = useWorklistItem(itemId);
  const inImages: Identity | null =
    data === undefined
      ? null
      : {
          patient_id: data.patient_id,
          name: data.patient_name,
          birth_date: data.patient_birth_date,
          sex: data.patient_sex,
        };
  return <BothPatients requested={request.patient} inImages={inImages} differences={request.differences} />;
}

/** One person or two: either way with a reason, which stays with the request. */
function Decide({ request }: { readonly request: ReadingRequest }): JSX.Element {
  const { t } = useTranslation("requests");
  const [because, setBecause] = useState("");
  const [asked, setAsked] = useState(false);
  const settle = useSettle(request.request_id);
  const decide = (verb: "resolve" | "unmatch"): void => {
    setAsked(true);
    if (because.trim()) settle.mutate({ verb, because: because.trim() });
  };
  return (
    <div className={classes["decide"]}>
      <Textarea
        label={t("mismatch.because")}
        description={t("mismatch.because_hint")}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        value={because}
        onChange={(event) => setBecause(event.currentTarget.value)}
        error={asked && !because.trim() ? t("mismatch.because_missing") : undefined}
        aria-required
      />
      {settle.error && <FailedLine error={settle.error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={() => decide("unmatch")} loading={settle.isPending}>
          {t("mismatch.unmatch")}
        </Button>
        <Button onClick={() => decide("resolve")} loading={settle.isPending}>
          {t("mismatch.resolve")}
        </Button>
      </div>
    </div>
  );
}

function Proposed({ request, mayDecide }: DecidingProps): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <section className={classes["card"]} aria-labelledby="reconcile">
      <h2 id="reconcile">{t("proposal.title", { count: request.proposals.length })}</h2>
      <p>{t("proposal.text")}</p>
      <Proposals request={request} proposals={request.proposals} mayDecide={mayDecide} />
    </section>
  );
}

function Waiting({ request, mayDecide }: DecidingProps): JSX.Element {
  const { t } = useTranslation("requests");
  const [looking, setLooking] = useState(false);
  const studies = useStudies(request.request_id, looking);
  return (
    <section className={classes["card"]} aria-labelledby="reconcile">
      <div className={classes["line"]}>
        <div>
          <h2 id="reconcile">{t("waiting.title")}</h2>
          <p>{t("waiting.text")}</p>
        </div>
        {mayDecide && !looking && (
          <Button variant="default" onClick={() => setLooking(true)}>
            {t("waiting.choose")}
          </Button>
        )}
      </div>
      {looking &&
        (studies.data !== undefined ? (
          studies.data.length === 0 ? (
            <Empty compact title={t("waiting.none")}>
              {t("waiting.none_text")}
            </Empty>
          ) : (
            <Proposals request={request} proposals={studies.data} mayDecide={mayDecide} />
          )
        ) : studies.error ? (
          <Failed compact error={studies.error} onRetry={() => void studies.refetch()} />
        ) : (
          <LoadingRows rows={3} />
        ))}
    </section>
  );
}

interface ProposalsProps {
  readonly request: ReadingRequest;
  readonly proposals: readonly Proposal[];
  readonly mayDecide: boolean;
}

/** Studies that may be meant, each with its patient beside the request's. */
function Proposals({ request, proposals, mayDecide }: ProposalsProps): JSX.Element {
  const { t } = useTranslation("requests");
  const match = useMatch(request.request_id);
  return (
    <>
      {match.error && <FailedLine error={match.error} />}
      <ul className={classes["proposals"]}>
        {proposals.map((proposal) => (
          <li key={proposal.study_instance_uid}>
            <div className={classes["line"]}>
              <p className={classes["study"]}>
                <strong>{proposal.modalities.join(" ")}</strong> <DayText value={proposal.study_date} />{" "}
                {proposal.study_description}{" "}
                <span className={classes["quiet"]}>
                  {proposal.accession_number && t("proposal.accession_number", { number: proposal.accession_number })}
                </span>
              </p>
              {mayDecide && (
                <Button
                  size="xs"
                  variant={proposal.differences.length === 0 ? "filled" : "default"}
                  onClick={() => match.mutate(proposal.study_instance_uid)}
                  loading={match.isPending && match.variables === proposal.study_instance_uid}
                >
                  {t("proposal.accept")}
                </Button>
              )}
            </div>
            <BothPatients requested={request.patient} inImages={proposal.patient} differences={proposal.differences} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Matched({ request, mayDecide }: DecidingProps): JSX.Element {
  const { t } = useTranslation("requests");
  const may = useMay();
  const [parting, setParting] = useState(false);
  return (
    <section className={classes["card"]} aria-labelledby="reconcile">
      <div className={classes["line"]}>
        <div>
          <h2 id="reconcile">{t("matched.title")}</h2>
          <p>{t("matched.text")}</p>
        </div>
        <div className={classes["buttons"]}>
          {request.worklist_item_id !== null && may("worklist.read") && (
            <Button variant="default" component={Link} href={`/cases/${encodeURIComponent(request.worklist_item_id)}`}>
              {t("matched.case")}
            </Button>
          )}
          {mayDecide && !parting && (
            <Button variant="subtle" onClick={() => setParting(true)}>
              {t("matched.part")}
            </Button>
          )}
        </div>
      </div>
      {parting && (
        <Because
          requestId={request.request_id}
          verb="unmatch"
          word={t("mismatch.unmatch")}
          onClose={() => setParting(false)}
        />
      )}
    </section>
  );
}

export interface BecauseProps {
  readonly requestId: string;
  readonly verb: "unmatch" | "cancel";
  readonly word: string;
  readonly onClose: () => void;
}

/** A verb that needs a reason, and the way back from it. */
export function Because({ requestId, verb, word, onClose }: BecauseProps): JSX.Element {
  const { t } = useTranslation("requests");
  const [because, setBecause] = useState("");
  const [asked, setAsked] = useState(false);
  const settle = useSettle(requestId);
  const go = (): void => {
    setAsked(true);
    if (because.trim()) settle.mutate({ verb, because: because.trim() }, { onSuccess: onClose });
  };
  return (
    <div className={classes["decide"]}>
      <Textarea
        label={t("because")}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        value={because}
        onChange={(event) => setBecause(event.currentTarget.value)}
        error={asked && !because.trim() ? t("mismatch.because_missing") : undefined}
        aria-required
        data-autofocus
      />
      {settle.error && <FailedLine error={settle.error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose}>
          {t("back")}
        </Button>
        <Button onClick={go} loading={settle.isPending}>
          {word}
        </Button>
      </div>
    </div>
  );
}
