import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useMay } from "@/session/api";
import { Failed, LoadingRows } from "@/ui/States";
import { useReachable } from "./api";
import { Telephone, TestMark, useSiteName } from "./marks";
import classes from "./Sites.module.css";

/** Whom to call at this hour at the hospital of a case. */
export function WhomToCall({ itemId }: { readonly itemId: string }): JSX.Element | null {
  return useMay()("messages.read") ? <Told itemId={itemId} /> : null;
}

function Told({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const { t } = useTranslation("sites");
  const name = useSiteName();
  const query = useReachable(itemId);
  const told = query.data;
  if (told === undefined) {
    if (query.error instanceof ApiProblem && query.error.status === 404) return null;
    if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} compact />;
    return <LoadingRows rows={2} />;
  }
  return (
    <section className={classes["call"]} aria-label={t("call.title")} data-whom-to-call={told.hours}>
      <div className={classes["titled"]}>
        <h2>{t("call.title")}</h2>
        <span className={classes["quiet"]}>
          {name(told.site_name, told.site_name_en)} · {t(`hours.${told.hours}`)}
        </span>
      </div>
      {told.contacts.length === 0 && (
        <p>
          {t("call.none")}{" "}
          {told.telephone !== "" && (
            <>
              {t("call.switchboard")} <Telephone number={told.telephone} />
            </>
          )}
        </p>
      )}
      {told.instead && <p className={classes["quiet"]}>{t("call.instead")}</p>}
      <ol>
        {told.contacts.map((contact) => (
          <li key={contact.contact_id}>
            <strong>{contact.name}</strong>
            {contact.role && <span>{contact.role}</span>}
            <Telephone number={contact.telephone} />
            {contact.alternate && (
              <span>
                {t("field.alternate")} <Telephone number={contact.alternate} />
              </span>
            )}
            <TestMark contact={contact} />
          </li>
        ))}
      </ol>
    </section>
  );
}
