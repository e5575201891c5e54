import { Button, Menu } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import table from "@/ui/Table.module.css";
import type { ListedPerson } from "@/api/types";
import { useLockPerson, useNewLink } from "./api";
import type { LinkFor } from "./PeoplePage";
import { useGrantText } from "./useGrantText";

/** What opens in a dialog of its own. */
export type More = "profile" | "end" | "substitute";

export interface PeopleTableProps {
  readonly people: readonly ListedPerson[];
  readonly onLink: (link: LinkFor) => void;
  readonly onRoles: (personId: string) => void;
  readonly onMore: (personId: string, what: More) => void;
}

export function PeopleTable({ people, onLink, onRoles, onMore }: PeopleTableProps): JSX.Element {
  const { t } = useTranslation(["people", "session"]);
  const lock = useLockPerson();
  const newLink = useNewLink();
  const error = lock.error ?? newLink.error;
  const grantText = useGrantText();
  const ask = (person: ListedPerson, replace: boolean): void =>
    newLink.mutate(
      { personId: person.person_id, replace },
      { onSuccess: (link) => onLink({ name: person.display_name, link }) },
    );
  return (
    <>
      {error && <FailedLine error={error} />}
      <div className={table["frame"]} tabIndex={0} role="region" aria-label={t("title")}>
        <table className={table["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("column.name")}</th>
              <th scope="col">{t("session:user_name")}</th>
              <th scope="col">{t("column.roles")}</th>
              <th scope="col">{t("column.state")}</th>
              <th scope="col">
                <span className="visually-hidden">{t("column.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <tr key={person.person_id}>
                <td>
                  {person.display_name} <span className={table["quiet"]}>{person.display_name_kana}</span>
                </td>
                <td>{person.user_name}</td>
                <td>
                  <span className={table["roles"]}>
                    {person.grants.map((grant) => (
                      <span key={`${grant.role}@${grant.site_id ?? ""}`}>{grantText(grant)}</span>
                    ))}
                  </span>
                </td>
                <td>
                  <StateChip person={person} />
                </td>
                <td className={table["end"]}>
                  <Actions
                    person={person}
                    onRoles={() => onRoles(person.person_id)}
                    onMore={(what) => onMore(person.person_id, what)}
                    onNewLink={(replace) => ask(person, replace)}
                    onLock={(locked) => lock.mutate({ personId: person.person_id, locked })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function StateChip({ person }: { readonly person: ListedPerson }): JSX.Element {
  const { t } = useTranslation("people");
  if (person.locked) {
    return (
      <Chip tone="attention" shape="lock">
        {t("state.locked")}
      </Chip>
    );
  }
  return person.can_sign_in ? (
    <Chip tone="idle" shape="full">
      {t("state.ready")}
    </Chip>
  ) : (
    <Chip tone="idle" shape="dashed">
      {t("state.invited")}
    </Chip>
  );
}

interface ActionsProps {
  readonly person: ListedPerson;
  readonly onRoles: () => void;
  readonly onMore: (what: More) => void;
  readonly onNewLink: (replace: boolean) => void;
  readonly onLock: (locked: boolean) => void;
}

function Actions({ person, onRoles, onMore, onNewLink, onLock }: ActionsProps): JSX.Element {
  const { t } = useTranslation(["people", "rights"]);
  const { session } = useSession();
  const myself = session.person.person_id === person.person_id;
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={t("action.for", { name: person.display_name })}>
          {t("action.open")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onRoles}>{t("action.roles")}</Menu.Item>
        <Menu.Item onClick={() => onMore("profile")}>{t("rights:menu.profile")}</Menu.Item>
        {!myself && <Menu.Item onClick={() => onMore("end")}>{t("rights:menu.end")}</Menu.Item>}
        {!myself && <Menu.Item onClick={() => onMore("substitute")}>{t("rights:menu.substitute")}</Menu.Item>}
        <Menu.Item onClick={() => onNewLink(false)}>{t("action.link")}</Menu.Item>
        {!myself && <Menu.Item onClick={() => onNewLink(true)}>{t("action.replace")}</Menu.Item>}
        {!myself && (
          <Menu.Item onClick={() => onLock(!person.locked)}>
            {person.locked ? t("action.unlock") : t("action.lock")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
