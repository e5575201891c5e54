import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMay } from "@/session/api";
import { PatientId } from "@/ui/PatientId";
import { Shell } from "@/ui/Shell";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { AgeSex, DayText, Name } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { useRequest } from "./api";
import { PlacedFiles } from "./Files";
import { Because, Reconcile } from "./Reconcile";
import classes from "./Request.module.css";
import { RequestEditor } from "./RequestEditor";
import { RequestView } from "./RequestView";
import type { ReadingRequest } from "./shapes";

/** One request: whose, which images, what is asked; changed by those who may place one. */
export default function RequestPage({ requestId }: { readonly requestId: string }): JSX.Element {
  const { t } = useTranslation("requests");
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const allowed = may("request.read");
  const query = useRequest(requestId, { watched: !editing, enabled: allowed });
  const request = query.data;
  return (
    <Shell>
      <Titled title={t("one")} />
      <div className={classes["page"]}>
        <Link href="/requests" className={classes["back"] ?? ""}>
          {t("back_to_list")}
        </Link>
        {!allowed ? (
          <Empty heading title={t("one")}>
            {t("not_for_role")}
          </Empty>
        ) : request ? (
          <>
            <Head request={request} />
            {editing ? (
              <RequestEditor request={request} onDone={() => setEditing(false)} />
            ) : (
              <Standing request={request} onEdit={() => setEditing(true)} />
            )}
          </>
        ) : query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} heading />
        ) : (
          <LoadingRows rows={10} />
        )}
      </div>
    </Shell>
  );
}

function Head({ request }: { readonly request: ReadingRequest }): JSX.Element {
  const { patient } = request;
  return (
    <div className={classes["head"]}>
      <h1>
        <Name name={patient.name} />
      </h1>
      <p>
        <PatientId id={patient.patient_id} />
        <span>
          <DayText value={patient.birth_date} />
          {" · "}
          <AgeSex birth={patient.birth_date} on={request.examination_date} sex={patient.sex} />
        </span>
        {request.accession_number && <span>{request.accession_number}</span>}
        <span>
          <SiteName id={request.site_id} name={request.site_name} />
        </span>
      </p>
    </div>
  );
}

interface StandingProps {
  readonly request: ReadingRequest;
  readonly onEdit: () => void;
}

/** As it stands: first what has to be decided, then what is asked. */
function Standing({ request, onEdit }: StandingProps): JSX.Element {
  const { t } = useTranslation("requests");
  const may = useMay();
  const [canceling, setCanceling] = useState(false);
  const mayChange = may("request.place") && request.state !== "canceled";
  return (
    <>
      <Reconcile request={request} />
      <div className={classes["card"]}>
        <RequestView request={request} heading={t("one")} withoutAlarm />
        {mayChange && !canceling && (
          <div className={classes["buttons"]}>
            <Button variant="subtle" onClick={() => setCanceling(true)}>
              {t("cancel")}
            </Button>
            <Button variant="default" onClick={onEdit}>
              {t("edit")}
            </Button>
          </div>
        )}
        {canceling && (
          <Because
            requestId={request.request_id}
            verb="cancel"
            word={t("cancel")}
            onClose={() => setCanceling(false)}
          />
        )}
      </div>
      {mayChange && <PlacedFiles request={request} mayAdd />}
    </>
  );
}
