import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SiteContract } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useWriteContract } from "./api";
import {
  draftOfVersion,
  emptyContract,
  KINDS,
  PRIORITIES,
  termsOf,
  UNITS,
  type ContractDraft,
  type Priority,
} from "./model";
import classes from "./Sites.module.css";

export interface ContractDialogProps {
  readonly siteId: string;
  /** The contract that gets a new version; null for a new one. */
  readonly contract: SiteContract | null;
  readonly onClose: () => void;
}

interface PartProps {
  readonly draft: ContractDraft;
  readonly change: (part: Partial<ContractDraft>) => void;
}

/** A contract as it is written down; what is left open covers everything. */
export function ContractDialog({ siteId, contract, onClose }: ContractDialogProps): JSX.Element {
  const { t } = useTranslation("sites");
  const write = useWriteContract(siteId);
  const [present] = contract?.versions ?? [];
  const [draft, setDraft] = useState<ContractDraft>(present ? draftOfVersion(present) : emptyContract);
  const [because, setBecause] = useState("");
  const change = (part: Partial<ContractDraft>): void => setDraft({ ...draft, ...part });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const over =
      contract === null || present === undefined ? null : { contractId: contract.contract_id, version: present.number };
    write.mutate({ terms: termsOf(draft), because: because.trim(), over }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t(contract ? "contract.change" : "contract.add")} closeLabel={t("close")} onClose={onClose} wide>
      <form onSubmit={submit} className={classes["form"]}>
        {write.error && <FailedLine error={write.error} />}
        <Scope draft={draft} change={change} />
        <Times draft={draft} change={change} />
        <Texts draft={draft} change={change} />
        <TextInput
          label={t("field.because")}
          description={contract ? t("contract.because_hint") : undefined}
          value={because}
          onChange={(event) => setBecause(event.currentTarget.value)}
          maxLength={1000}
          required={contract !== null}
          withAsterisk={false}
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {t("contract.record")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Scope({ draft, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  return (
    <>
      <div className={classes["two"]}>
        <TextInput
          type="date"
          label={t("field.valid_from")}
          value={draft.valid_from}
          onChange={(event) => change({ valid_from: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          type="date"
          label={t("field.valid_until")}
          value={draft.valid_until}
          onChange={(event) => change({ valid_until: event.currentTarget.value })}
        />
      </div>
      <TextInput
        label={t("field.modalities")}
        description={t("field.modalities_hint")}
        value={draft.modalities}
        onChange={(event) => change({ modalities: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
      />
      <Checkbox.Group
        label={t("field.kinds")}
        description={t("field.kinds_hint")}
        value={[...draft.kinds]}
        onChange={(chosen) => change({ kinds: KINDS.filter((kind) => chosen.includes(kind)) })}
      >
        <div className={classes["ticks"]}>
          {KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  );
}

function Times({ draft, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  const put = (priority: Priority, part: Partial<ContractDraft["turnarounds"][Priority]>): void =>
    change({ turnarounds: { ...draft.turnarounds, [priority]: { ...draft.turnarounds[priority], ...part } } });
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className={classes["quiet"]}>{t("turnaround.legend")}</legend>
      <div className={classes["three"]}>
        {PRIORITIES.map((priority) => (
          <div key={priority} className={classes["pair"]}>
            <TextInput
              label={t(`priority.${priority}`)}
              value={draft.turnarounds[priority].amount}
              onChange={(event) => put(priority, { amount: event.currentTarget.value })}
              inputMode="numeric"
              pattern="[0-9０-９]*"
              autoComplete="off"
            />
            <NativeSelect
              aria-label={t("turnaround.unit", { priority: t(`priority.${priority}`) })}
              value={draft.turnarounds[priority].unit}
              onChange={(event) =>
                put(priority, { unit: UNITS.find((unit) => unit === event.currentTarget.value) ?? "working_days" })
              }
              data={UNITS.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function Texts({ draft, change }: PartProps): JSX.Element {
  const { t } = useTranslation("sites");
  const texts = ["fee", "responsibility", "insurance", "note"] as const;
  return (
    <>
      {texts.map((name) => (
        <Textarea
          key={name}
          label={t(`field.${name}`)}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={8000}
          value={draft[name]}
          onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
      ))}
    </>
  );
}
