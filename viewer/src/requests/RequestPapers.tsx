import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { StudyPapers } from "@/papers/PaperList";
import { useMay } from "@/session/api";
import type { ReadingRequest } from "./shapes";
import classes from "./View.module.css";

/** Papers that came in studies of their own: readers see what certainly belongs here, staff what may. */
export function RequestPapers({ request }: { readonly request: ReadingRequest }): JSX.Element {
  const { t } = useTranslation("orders");
  const mayDecide = useMay()("request.reconcile");
  const joined = request.papers.filter(({ state }) => state === "joined");
  const open = joined.length < request.papers.length;
  return (
    <>
      {joined.map(({ study_instance_uid }) => (
        <StudyPapers
          key={study_instance_uid}
          of={{ site_id: request.site_id, study_instance_uid, number_of_instances: 0 }}
          title={t("papers.one")}
        />
      ))}
      {open && mayDecide && (
        <p className={classes["part"]}>
          {t("papers.maybe")} <Link href="/requests/papers">{t("papers.open")}</Link>
        </p>
      )}
    </>
  );
}
