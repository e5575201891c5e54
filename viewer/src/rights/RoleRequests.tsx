import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { RoleRequest } from "@/api/types";
import { useGrantText } from "@/people/useGrantText";
import { useSession } from "@/session/api";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import { FailedLine } from "@/ui/States";
import { DayText, InstantText } from "@/ui/Written";
import { useDecide, useRoleRequests } from "./api";
import { knownState, type RequestState } from "./model";
import classes from "./Rights.module.css";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

const LOOKS: Readonly<Record<RequestState, readonly [Tone, Shape]>> = {
  requested: ["active", "dashed"],
  granted: ["attention", "half"],
  confirmed: ["good", "check"],
  refused: ["idle", "slash"],
  rejected: ["idle", "slash"],
};

export function RequestChip({ request }: { readonly request: RoleRequest }): JSX.Element {
  const { t } = useTranslation("rights");
  const state = knownState(request.state);
  const [tone, shape] = LOOKS[state];
  return (
    <Chip tone={tone} shape={shape}>
      {t(`requests.state.${state}`)}
    </Chip>
  );
}

/** Roles that were asked for: given or refused here, confirmed by the department's manager (AUTH-14). */
export function RoleRequests(): JSX.Element {
  const { t } = useTranslation("rights");
  const { session } = useSession();
  const decide = useDecide();
  const grantText = useGrantText();
  const myself = session.person.person_id;
  return (
    <Section title={t("requests.title")} lead={t("requests.lead")}>
      {decide.error && <FailedLine error={decide.error} />}
      <Listed query={useRoleRequests()} none={t("requests.none")}>
        {(requests) => (
          <Table
            label={t("requests.title")}
            columns={[
              t("column.for"),
              t("column.role"),
              t("column.department"),
              t("column.manager"),
              t("column.when"),
              t("column.state"),
            ]}
            actions={t("column.actions")}
          >
            {requests.map((request) => (
              <tr key={request.request_id}>
                <td>{request.display_name}</td>
                <td>
                  {grantText(request.grant)}
                  {request.ends_on !== null && (
                    <span className={classes["quiet"]}>
                      {" "}
                      {t("requests.until")} <DayText value={request.ends_on} />
                    </span>
                  )}
                </td>
                <td className={classes["wrap"]} title={request.reason}>
                  {request.department}
                </td>
                <td>{request.manager}</td>
                <td>
                  <InstantText value={request.requested_at} />
                </td>
                <td>
                  <RequestChip request={request} />
                </td>
                <td style={{ textAlign: "end" }}>
                  {request.state === "requested" &&
                    request.person_id !== myself &&
                    request.manager_id !== myself &&
                    ([true, false] as const).map((yes) => (
                      <Button
                        key={String(yes)}
                        size="compact-sm"
                        ml={6}
                        variant={yes ? "filled" : "default"}
                        onClick={() => decide.mutate({ requestId: request.request_id, yes })}
                      >
                        {t(yes ? "requests.give" : "requests.refuse")}
                      </Button>
                    ))}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </Section>
  );
}
