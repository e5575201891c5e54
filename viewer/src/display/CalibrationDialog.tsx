import { Button, FileInput, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayCalibrationText, RegisteredDisplay } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { useRecordCalibration } from "./api";
import classes from "./Display.module.css";

const GRADES = ["1A", "1B", "2"] as const;
const NUMBERS = ["deviation", "luminance_max", "luminance_min", "ambient"] as const;

/** Numbers are as they are typed until they are sent: an empty field is no zero. */
type Typed = Omit<DisplayCalibrationText, (typeof NUMBERS)[number]> & Record<(typeof NUMBERS)[number], number | "">;

const EMPTY: Typed = {
  measured_on: "",
  measured_by: "",
  outsourced_to: "",
  instrument: "",
  grade: "1A",
  deviation: "",
  luminance_max: "",
  luminance_min: "",
  ambient: "",
};

/** What a meter said; whatever misses the limits of its grade is recorded as failed. */
export function CalibrationDialog({
  display,
  onClose,
}: {
  readonly display: RegisteredDisplay;
  readonly onClose: () => void;
}): JSX.Element {
  const { t } = useTranslation("displays");
  const record = useRecordCalibration();
  const [read, setRead] = useState(EMPTY);
  const [paper, setPaper] = useState<File | null>(null);
  const put = (changed: Partial<Typed>): void => setRead({ ...read, ...changed });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const measured = Object.fromEntries(NUMBERS.map((name) => [name, Number(read[name])]));
    const wanted = { ...read, ...measured } as DisplayCalibrationText;
    record.mutate({ displayId: display.display_id, read: wanted, paper }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={t("calibrations.record", { name: display.name })}
      closeLabel={t("cancel")}
      onClose={onClose}
      wide
      held={record.isPending}
    >
      <form onSubmit={submit} className={classes["form"]}>
        {record.error && <FailedLine error={record.error} />}
        <div className={classes["two"]}>
          <TextInput
            type="date"
            label={t("field.measured_on")}
            value={read.measured_on}
            required
            withAsterisk={false}
            onChange={(event) => put({ measured_on: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("field.grade")}
            value={read.grade}
            data={[...GRADES]}
            onChange={({ currentTarget }) => put({ grade: GRADES.find((one) => one === currentTarget.value) ?? "1A" })}
          />
          {NUMBERS.map((name) => (
            <NumberInput
              key={name}
              label={t(`typed.${name}`)}
              value={read[name]}
              min={0}
              required
              withAsterisk={false}
              onChange={(typed) => put({ [name]: typed === "" ? "" : Number(typed) })}
            />
          ))}
          {(["measured_by", "instrument", "outsourced_to"] as const).map((name) => (
            <TextInput
              key={name}
              label={t(`field.${name}`)}
              value={read[name]}
              maxLength={200}
              required={name !== "outsourced_to"}
              withAsterisk={false}
              onChange={(event) => put({ [name]: event.currentTarget.value })}
            />
          ))}
          <FileInput
            label={t("field.paper")}
            accept=".pdf,.csv,application/pdf,text/csv"
            value={paper}
            clearable
            onChange={setPaper}
          />
        </div>
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={record.isPending}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={record.isPending}>
            {t("record")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
