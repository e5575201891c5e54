import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Substitute } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useEndSubstitute, useIssueSubstitute, useSubstitutes } from "./api";
import { CodeDialog } from "./CodeDialog";
import { EmergencyDialog } from "./EmergencyDialog";
import classes from "./Rights.module.css";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

/** Ways in for some hours: what waits for a second administrator, what is open, what is over. */
export function Substitutes(): JSX.Element {
  const { t } = useTranslation("rights");
  const issue = useIssueSubstitute();
  const end = useEndSubstitute();
  const [code, setCode] = useState<string | null>(null);
  const [opening, setOpening] = useState(false);
  const error = issue.error ?? end.error;
  return (
    <Section
      title={t("substitutes.title")}
      lead={t("substitutes.lead")}
      aside={
        <Button variant="default" onClick={() => setOpening(true)}>
          {t("emergency.open")}
        </Button>
      }
    >
      {error && <FailedLine error={error} />}
      <Listed query={useSubstitutes()} none={t("substitutes.none")}>
        {(found) => (
          <Table
            label={t("substitutes.title")}
            columns={[t("column.for"), t("column.why"), t("column.by"), t("column.until"), t("column.state")]}
            actions={t("column.actions")}
          >
            {found.map((one) => (
              <tr key={one.substitute_id}>
                <td>{one.display_name}</td>
                <td className={classes["wrap"]}>{one.reason}</td>
                <td>
                  <By one={one} />
                </td>
                <td>
                  <InstantText value={one.expires_at} />
                </td>
                <td>
                  <State one={one} />
                </td>
                <td style={{ textAlign: "end" }}>
                  {one.state === "waiting" && !one.mine && (
                    <Button
                      size="compact-sm"
                      onClick={() => issue.mutate(one.substitute_id, { onSuccess: (issued) => setCode(issued.code) })}
                    >
                      {t("substitutes.issue")}
                    </Button>
                  )}{" "}
                  {one.state !== "over" && (
                    <Button size="compact-sm" variant="default" onClick={() => end.mutate(one.substitute_id)}>
                      {t("substitutes.end")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
      {opening && <EmergencyDialog onClose={() => setOpening(false)} />}
      {code !== null && (
        <CodeDialog
          title={t("substitutes.second")}
          text={t("substitutes.second_text")}
          codes={[[t("code.second"), code]]}
          onClose={() => setCode(null)}
        />
      )}
    </Section>
  );
}

const OPERATOR = "operator:";

/** Whoever asked and issued: people by name, an operator by the account at the server. */
function By({ one }: { readonly one: Substitute }): JSX.Element {
  const { t } = useTranslation(["rights", "audit"]);
  const named = (who: string): string =>
    who.startsWith(OPERATOR) ? `${who.slice(OPERATOR.length)} (${t("audit:actor.operator")})` : who;
  return <>{[...new Set([one.requested_by, one.issued_by])].filter(Boolean).map(named).join(" · ")}</>;
}

function State({ one }: { readonly one: Substitute }): JSX.Element {
  const { t } = useTranslation("rights");
  if (one.state === "over") {
    return (
      <Chip tone="idle" shape="hollow">
        {t("substitutes.state.over")}
      </Chip>
    );
  }
  if (one.state === "waiting") {
    return (
      <Chip tone="active" shape="dashed">
        {t("substitutes.state.waiting")}
      </Chip>
    );
  }
  return (
    <Chip tone={one.kind === "emergency" ? "danger" : "attention"} shape="triangle">
      {t(one.kind === "emergency" ? "substitutes.state.emergency" : "substitutes.state.open")}
    </Chip>
  );
}
