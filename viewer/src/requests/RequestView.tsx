import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { ShapeMark } from "@/ui/shapes";
import { DayText, InstantText } from "@/ui/Written";
import { BreastPicture } from "./BreastDiagram";
import { RequestPriorityChip, RequestStateChip } from "./chips";
import { Differences } from "./BothPatients";
import { factsOf, type Fact } from "./facts";
import { AttachmentList } from "./Files";
import { Formerly } from "./Formerly";
import { KindMark } from "./marks";
import { RequestPapers } from "./RequestPapers";
import type { Clinical, ReadingRequest } from "./shapes";
import classes from "./View.module.css";
import { useSymptomText } from "./words";

export interface RequestViewProps {
  readonly request: ReadingRequest;
  readonly heading: string;
  /** Said elsewhere on the page already. */
  readonly withoutAlarm?: boolean;
}

/** A request at a glance: why, what is asked, where it hurts; then what was before. What was not said takes no room. */
export function RequestView({ request, heading, withoutAlarm = false }: RequestViewProps): JSX.Element {
  const { t } = useTranslation(["requests", "sites"]);
  const { clinical } = request;
  return (
    <div className={classes["view"]}>
      <div className={classes["top"]}>
        <h2>{heading}</h2>
        <RequestPriorityChip priority={request.priority} />
        <RequestStateChip state={request.state} framed />
      </div>
      {request.state === "mismatch" && !withoutAlarm && (
        <div className={classes["alarm"]} role="alert">
          <p>
            <ShapeMark shape="stop" /> {t("mismatch.blocks")}
          </p>
          {request.differences.length > 0 && <Differences differences={request.differences} />}
        </div>
      )}
      {request.changed_after_signature && (
        <p className={classes["alarm"]} role="alert">
          <ShapeMark shape="stop" /> {t("view.changed_after_signature")}
        </p>
      )}
      <Formerly former={request.former} />
      <p className={classes["reason"]}>{clinical.reason || t("view.no_reason")}</p>
      {clinical.question && (
        <div className={classes["question"]}>
          <h3>{t("field.question")}</h3>
          <p>{clinical.question}</p>
        </div>
      )}
      {request.kind && (
        <div className={classes["question"]}>
          <h3>{t("sites:asked_kind.label")}</h3>
          <p>{t(`sites:kind.${request.kind}`)}</p>
        </div>
      )}
      <div className={classes["body"]}>
        {clinical.symptoms.length > 0 && <Symptoms clinical={clinical} />}
        <Facts clinical={clinical} />
      </div>
      {request.attachments.length > 0 && (
        <div className={classes["part"]}>
          <h3>{t("form.files")}</h3>
          <AttachmentList requestId={request.request_id} attachments={request.attachments} />
        </div>
      )}
      <RequestPapers request={request} />
      <Origin request={request} />
    </div>
  );
}

function Symptoms({ clinical }: { readonly clinical: Clinical }): JSX.Element {
  const { t } = useTranslation("requests");
  const symptomText = useSymptomText();
  return (
    <div className={classes["part"]}>
      <h3>{t("form.symptoms")}</h3>
      <div className={classes["picture"]}>
        <BreastPicture symptoms={clinical.symptoms} />
      </div>
      <ul className={classes["symptoms"]}>
        {clinical.symptoms.map((symptom, index) => (
          <li key={index}>
            <KindMark kind={symptom.kind} />
            <span>{symptomText(symptom)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Facts({ clinical }: { readonly clinical: Clinical }): JSX.Element | null {
  const { t } = useTranslation("requests");
  const facts = factsOf(clinical);
  if (facts.length === 0) return null;
  return (
    <dl className={classes["facts"]}>
      {facts.map((fact) => (
        <div key={fact}>
          <dt>{t(`fact.${fact}`)}</dt>
          <dd>
            <FactText fact={fact} clinical={clinical} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FactText({ fact, clinical }: { readonly fact: Fact; readonly clinical: Clinical }): JSX.Element {
  const { t } = useTranslation(["requests", "ui"]);
  switch (fact) {
    case "surgeries":
      return (
        <ul>
          {clinical.surgeries.map(({ side, kind, year, note }, index) => (
            <li key={index}>
              {[t(side === "R" ? "ui:right" : "ui:left"), kind, year === null ? "" : t("view.year", { year }), note]
                .filter(Boolean)
                .join(" ")}
            </li>
          ))}
        </ul>
      );
    case "family_history":
      return (
        <ul>
          {clinical.family_history.map(({ relation, cancer, age }, index) => (
            <li key={index}>
              {[relation, t(`cancer.${cancer}`), age === null ? "" : t("view.at_age", { age })]
                .filter(Boolean)
                .join(" ")}
            </li>
          ))}
        </ul>
      );
    case "gene":
      return <>{[t(`gene.${clinical.gene}`), clinical.gene_note].filter(Boolean).join(" · ")}</>;
    case "menstruation":
      return <>{t(`menstruation.${clinical.menstruation}`)}</>;
    case "implants":
      return <>{t(`implants.${clinical.implants}`)}</>;
    case "pregnancy":
      return <>{t(`pregnancy.${clinical.pregnancy}`)}</>;
    case "last_period":
      return <DayText value={clinical.last_period} />;
    default:
      return <span className={classes["words"]}>{clinical[fact]}</span>;
  }
}

/** Who asks, by which way it came, and until when. */
function Origin({ request }: { readonly request: ReadingRequest }): JSX.Element {
  const { t } = useTranslation("requests");
  const from = [request.requesting_department, request.requesting_physician.replaceAll("^", " ")]
    .filter(Boolean)
    .join(" ");
  return (
    <dl className={classes["facts"]} data-quiet="">
      {request.due_at !== null && (
        <div>
          <dt>{t("field.due_at")}</dt>
          <dd>
            <InstantText value={request.due_at} />
          </dd>
        </div>
      )}
      <div>
        <dt>{t("fact.examination")}</dt>
        <dd>
          {[request.modality, request.procedure.meaning].filter(Boolean).join(" · ")}{" "}
          <DayText value={request.examination_date} />
        </dd>
      </div>
      {from && (
        <div>
          <dt>{t("fact.from")}</dt>
          <dd>{from}</dd>
        </div>
      )}
      <div>
        <dt>{t("fact.placed")}</dt>
        <dd>
          <InstantText value={request.placed_at} /> {request.placed_by} {t(`source.${request.source}`)}
        </dd>
      </div>
      {request.resolved_because && (
        <div>
          <dt>{t("fact.resolved")}</dt>
          <dd>
            {request.resolved_because} {request.resolved_by}
          </dd>
        </div>
      )}
      {request.canceled_because && (
        <div>
          <dt>{t("fact.canceled")}</dt>
          <dd>{request.canceled_because}</dd>
        </div>
      )}
    </dl>
  );
}
