import { Button, Textarea } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { HeldReading } from "@/api/types";
import { Listed, Section } from "@/rights/Section";
import { Table } from "@/rights/Table";
import classes from "@/rights/Rights.module.css";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { DayText, InstantText } from "@/ui/Written";
import { SiteName } from "@/session/SiteName";
import { useFree, useHeld } from "./api";

const LONGEST_REASON = 1000;

/** Which readings are in whose hands, and the one way to free what its reader cannot give back (JRS-07). */
export function HeldReadings(): JSX.Element {
  const { t } = useTranslation("centre");
  const [freeing, setFreeing] = useState<HeldReading | null>(null);
  return (
    <Section title={t("held.title")} lead={t("held.lead")}>
      <Listed query={useHeld()} none={t("held.none")}>
        {(found) => (
          <Table
            label={t("held.title")}
            columns={[t("held.site"), t("held.study"), t("held.role"), t("held.reader"), t("held.since")]}
            actions={t("held.actions")}
          >
            {found.map((one) => (
              <tr key={`${one.worklist_item_id} ${one.role}`}>
                <td>
                  <SiteName id={one.site_id} name={one.site_name} />
                </td>
                <td>
                  <DayText value={one.study_date} />
                </td>
                <td>{t(`held.role_${one.role}`)}</td>
                <td>{one.display_name}</td>
                <td>
                  <InstantText value={one.claimed_at} />
                </td>
                <td style={{ textAlign: "end" }}>
                  <Button size="compact-sm" variant="default" onClick={() => setFreeing(one)}>
                    {t("held.free")}
                  </Button>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
      {freeing !== null && <FreeDialog held={freeing} onClose={() => setFreeing(null)} />}
    </Section>
  );
}

function FreeDialog({ held, onClose }: { readonly held: HeldReading; readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("centre");
  const free = useFree();
  const [reason, setReason] = useState("");
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    free.mutate({ held, reason }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t("held.dialog")} closeLabel={t("held.cancel")} onClose={onClose} held={free.isPending}>
      <form onSubmit={submit} className={classes["form"]}>
        <p>{t("held.dialog_text", { name: held.display_name })}</p>
        {free.error && <FailedLine error={free.error} />}
        <Textarea
          label={t("held.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={LONGEST_REASON}
          autosize
          minRows={2}
          required
          withAsterisk={false}
          data-autofocus
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("held.cancel")}
          </Button>
          <Button type="submit" disabled={reason.trim() === ""} loading={free.isPending}>
            {t("held.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
