import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DormantMonth } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { useDormant, useReview } from "./api";
import classes from "./Rights.module.css";
import { Listed, Section } from "./Section";
import { Table } from "./Table";

/** Accounts that nobody uses: one list a month, gone through by somebody (AUTH-15). */
export function DormantAccounts(): JSX.Element {
  const { t } = useTranslation("rights");
  const review = useReview();
  return (
    <Section title={t("dormant.title")} lead={t("dormant.lead")}>
      {review.error && <FailedLine error={review.error} />}
      <Listed query={useDormant()} none={t("dormant.none")}>
        {(months) => (
          <Table
            label={t("dormant.title")}
            columns={[t("column.month"), t("column.accounts"), t("column.made"), t("column.state")]}
            actions={t("column.actions")}
          >
            {months.map((month) => (
              <tr key={month.month}>
                <td>{month.month}</td>
                <td className={classes["wrap"]}>
                  <Accounts month={month} />
                </td>
                <td>
                  <InstantText value={month.made_at} />
                </td>
                <td>
                  {month.reviewed_at === null ? (
                    <Chip tone="active" shape="dashed">
                      {t("dormant.waiting")}
                    </Chip>
                  ) : (
                    <Chip tone="idle" shape="check">
                      {t("dormant.reviewed", { name: month.reviewed_by })}
                    </Chip>
                  )}
                </td>
                <td style={{ textAlign: "end" }}>
                  {month.reviewed_at === null && (
                    <Button size="compact-sm" variant="default" onClick={() => review.mutate(month.month)}>
                      {t("dormant.review")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </Section>
  );
}

function Accounts({ month }: { readonly month: DormantMonth }): JSX.Element {
  const { t } = useTranslation("rights");
  if (month.accounts.length === 0) return <>{t("dormant.nobody", { days: month.after_days })}</>;
  return (
    <>
      {month.accounts.map((account) => (
        <div key={account.person_id}>
          {account.display_name}{" "}
          <span className={classes["quiet"]}>
            {account.last_seen_at === null ? t("dormant.never") : <InstantText value={account.last_seen_at} />}
          </span>
        </div>
      ))}
    </>
  );
}
