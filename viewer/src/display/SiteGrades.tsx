import { Button, NativeSelect } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { DisplayGrades } from "@/api/types";
import { Section } from "@/rights/Section";
import { useSitesWith } from "@/session/api";
import { FailedLine } from "@/ui/States";
import { useGrades, useSetGrades } from "./api";
import classes from "./Display.module.css";

type Grade = DisplayGrades["grades"][string];
const GRADES: readonly Grade[] = ["1A", "1B", "2"];

/** With what a site is content beside mammography. */
export function SiteGrades(): JSX.Element | null {
  const { t } = useTranslation("displays");
  const sites = useSitesWith("displays.manage");
  const [siteId, setSiteId] = useState(sites[0]?.site_id ?? "");
  if (siteId === "") return null;
  return (
    <Section
      title={t("grades.title")}
      lead={t("grades.lead")}
      aside={
        <NativeSelect
          aria-label={t("field.site")}
          value={siteId}
          data={sites.map(({ site_id, name }) => ({ value: site_id, label: name }))}
          onChange={({ currentTarget }) => setSiteId(currentTarget.value)}
        />
      }
    >
      <Loaded key={siteId} siteId={siteId} />
    </Section>
  );
}

function Loaded({ siteId }: { readonly siteId: string }): JSX.Element | null {
  const { data, error } = useGrades(siteId);
  if (error) return <FailedLine error={error} />;
  return data === undefined ? null : <Form key={JSON.stringify(data)} siteId={siteId} known={data.grades} />;
}

function Form({ siteId, known }: { readonly siteId: string; readonly known: DisplayGrades["grades"] }): JSX.Element {
  const { t } = useTranslation("displays");
  const set = useSetGrades(siteId);
  const [grades, setGrades] = useState(known);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    set.mutate({ grades });
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      {set.error && <FailedLine error={set.error} />}
      <div className={classes["five"]}>
        {Object.keys(known)
          .sort()
          .map((modality) => (
            <NativeSelect
              key={modality}
              label={modality}
              value={grades[modality] ?? "1A"}
              data={[...GRADES]}
              onChange={({ currentTarget }) =>
                setGrades({ ...grades, [modality]: GRADES.find((one) => one === currentTarget.value) ?? "1A" })
              }
            />
          ))}
        <Button type="submit" loading={set.isPending} disabled={JSON.stringify(grades) === JSON.stringify(known)}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
