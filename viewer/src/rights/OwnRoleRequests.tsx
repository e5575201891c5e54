import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Grant, RoleRequest } from "@/api/types";
import { GrantFields } from "@/people/GrantFields";
import { useGrantText } from "@/people/useGrantText";
import { useSession } from "@/session/api";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useAskRole, useConfirm, useOwnRoleRequests } from "./api";
import { dayOrNone } from "./model";
import classes from "./Rights.module.css";
import { RequestChip } from "./RoleRequests";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

const LONGEST_DEPARTMENT = 200;
const LONGEST_REASON = 500;

/** What I asked for, and what waits for my word as a department's manager. */
export function OwnRoleRequests(): JSX.Element {
  const { t } = useTranslation("rights");
  const [asking, setAsking] = useState(false);
  const { session } = useSession();
  const confirm = useConfirm();
  const grantText = useGrantText();
  const myself = session.person.person_id;
  return (
    <Section
      title={t("my_requests.title")}
      lead={t("my_requests.lead")}
      aside={
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("my_requests.ask")}
        </Button>
      }
    >
      {confirm.error && <FailedLine error={confirm.error} />}
      <Listed query={useOwnRoleRequests()} none={t("my_requests.none")}>
        {(requests) => (
          <Table
            label={t("my_requests.title")}
            columns={[t("column.for"), t("column.role"), t("column.department"), t("column.when"), t("column.state")]}
            actions={t("column.actions")}
          >
            {requests.map((request: RoleRequest) => (
              <tr key={request.request_id}>
                <td>{request.display_name}</td>
                <td>{grantText(request.grant)}</td>
                <td className={classes["wrap"]} title={request.reason}>
                  {request.department}
                </td>
                <td>
                  <InstantText value={request.requested_at} />
                </td>
                <td>
                  <RequestChip request={request} />
                </td>
                <td style={{ textAlign: "end" }}>
                  {request.state === "granted" &&
                    request.manager_id === myself &&
                    ([true, false] as const).map((yes) => (
                      <Button
                        key={String(yes)}
                        size="compact-sm"
                        ml={6}
                        variant={yes ? "filled" : "default"}
                        onClick={() => confirm.mutate({ requestId: request.request_id, yes })}
                      >
                        {t(yes ? "my_requests.confirm" : "my_requests.reject")}
                      </Button>
                    ))}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
      {asking && <AskRole onClose={() => setAsking(false)} />}
    </Section>
  );
}

function AskRole({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("rights");
  const ask = useAskRole();
  const [grant, setGrant] = useState<Grant>({ role: "reader", site_id: null });
  const [text, setText] = useState({ department: "", manager: "", reason: "", ends: "" });
  const put = (name: keyof typeof text, value: string): void => setText({ ...text, [name]: value });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const { department, manager, reason, ends } = text;
    ask.mutate(
      {
        grant,
        department: department.trim(),
        manager: manager.trim(),
        reason: reason.trim(),
        ends_on: dayOrNone(ends),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog onClose={onClose} title={t("my_requests.ask")} closeLabel={t("close")}>
      <form onSubmit={submit} className={classes["form"]}>
        {ask.error && <FailedLine error={ask.error} />}
        <GrantFields grant={grant} onChange={setGrant} />
        <TextInput
          label={t("field.department")}
          value={text.department}
          onChange={(event) => put("department", event.currentTarget.value)}
          maxLength={LONGEST_DEPARTMENT}
          required
          withAsterisk={false}
        />
        <TextInput
          label={t("field.manager")}
          description={t("field.manager_hint")}
          value={text.manager}
          onChange={(event) => put("manager", event.currentTarget.value)}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
        />
        <div className={classes["two"]}>
          <TextInput
            label={t("field.reason")}
            value={text.reason}
            onChange={(event) => put("reason", event.currentTarget.value)}
            maxLength={LONGEST_REASON}
          />
          <TextInput
            type="date"
            label={t("field.ends_on")}
            value={text.ends}
            onChange={(event) => put("ends", event.currentTarget.value)}
          />
        </div>
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={ask.isPending}>
            {t("my_requests.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
