import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { AuditLine, AuditPatient } from "@/api/types";
import { dayOf, formatClock, formatDay, parseInstant } from "@/ui/format";
import { useDateStyle } from "@/ui/preferences";
import { Name } from "@/ui/Written";
import { PatientId } from "@/ui/PatientId";
import classes from "./Audit.module.css";

const JAPAN = "Asia/Tokyo";

/** An instant to the second where Japan's clocks stand: what an inspection asks for (LOG-02). */
export function JapanTime({
  value,
  seconds = true,
}: {
  readonly value: string | null;
  readonly seconds?: boolean;
}): JSX.Element {
  const style = useDateStyle();
  const instant = parseInstant(value);
  if (!instant) return <span>{"–"}</span>;
  return (
    <time dateTime={instant.toISOString()} title={instant.toISOString()} className={classes["time"]}>
      {formatDay(dayOf(instant, JAPAN), style, { short: true })} {formatClock(instant, { seconds, timeZone: JAPAN })}
    </time>
  );
}

/** Who did it: the name and what they sign in by; programs and the system by what they are called. */
export function Who({ line }: { readonly line: AuditLine }): JSX.Element {
  const { t } = useTranslation("audit");
  const { actor, user_name, display_name } = line.actor;
  const [kind, id] = actor.split(":", 2);
  if (display_name) {
    return (
      <span>
        {display_name}{" "}
        <span className={classes["quiet"]}>{user_name || (kind === "token" ? t("actor.token") : "")}</span>
      </span>
    );
  }
  if (kind === "system") return <span className={classes["quiet"]}>{t("actor.system")}</span>;
  if (kind === "nobody") return <span className={classes["quiet"]}>{t("actor.nobody")}</span>;
  if (kind === "operator") {
    return (
      <span>
        {id} <span className={classes["quiet"]}>{t("actor.operator")}</span>
      </span>
    );
  }
  return (
    <span className={classes["code"]} lang="en">
      {actor}
    </span>
  );
}

/** Whose study: name and number as the archive knows them now. */
export function Whose({ patient }: { readonly patient: AuditPatient }): JSX.Element {
  return (
    <span className={classes["whose"]}>
      <Name name={patient} />
      <span className={classes["quiet"]}>
        <PatientId id={patient.patient_id} />
      </span>
    </span>
  );
}
