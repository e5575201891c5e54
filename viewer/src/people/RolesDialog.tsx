import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import type { Grant, ListedPerson } from "@/api/types";
import { useGrant } from "./api";
import { GrantFields } from "./GrantFields";
import classes from "./People.module.css";
import { useGrantText } from "./useGrantText";

/** The roles of one person: take one back, give another. */
export function RolesDialog({
  person,
  onClose,
}: {
  readonly person: ListedPerson;
  readonly onClose: () => void;
}): JSX.Element {
  const { t } = useTranslation("people");
  const change = useGrant();
  const grantText = useGrantText();
  const [grant, setGrant] = useState<Grant>({ role: "reader", site_id: null });
  const personId = person.person_id;
  return (
    <Dialog onClose={onClose} title={t("roles_of", { name: person.display_name })} closeLabel={t("close")}>
      <div className={classes["form"]}>
        {change.error && <FailedLine error={change.error} />}
        <ul className={classes["grants"]}>
          {person.grants.map((given) => (
            <li key={`${given.role}@${given.site_id ?? ""}`}>
              <span>{grantText(given)}</span>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => change.mutate({ personId, grant: given, give: false })}
              >
                {t("action.revoke")}
              </Button>
            </li>
          ))}
        </ul>
        <GrantFields grant={grant} onChange={setGrant} />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button loading={change.isPending} onClick={() => change.mutate({ personId, grant, give: true })}>
            {t("action.grant")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
