import { NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportForm } from "@/api/types";
import { currentLanguage } from "@/i18n";
import { FailedLine } from "@/ui/States";
import { takes, withForm } from "./forms";
import type { Draft } from "./model";
import type { Fill } from "./useFill";

export interface FormChoiceProps {
  readonly form: ReportForm;
  readonly draft: Draft;
  readonly fill: Fill;
}

/** A study that two methods made has three forms: both together, or one of them; none that would lose a finding. */
export function FormChoice({ form, draft, fill }: FormChoiceProps): JSX.Element {
  const { t } = useTranslation("structured");
  const language = currentLanguage();
  const choice = useMutation({
    mutationFn: (method: string) => fill.choose(method, (now, chosen) => withForm(now, chosen, fill.drawing(form))),
  });
  return (
    <>
      <NativeSelect
        size="xs"
        label={t("form")}
        value={form.method}
        data={form.offered.map((one) => ({
          value: one.value,
          label: one[language],
          disabled: !takes(one, draft.structure.findings, form),
        }))}
        onChange={(event) => choice.mutate(event.currentTarget.value)}
      />
      {choice.error && <FailedLine error={choice.error} />}
    </>
  );
}
