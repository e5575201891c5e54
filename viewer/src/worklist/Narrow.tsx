import { NativeSelect } from "@mantine/core";
import { useMemo, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { useNameOfSite } from "@/session/useNameOfSite";
import { choicesIn, type Narrowing } from "./model";
import classes from "./Worklist.module.css";

export interface NarrowProps {
  readonly items: readonly WorklistItem[];
  readonly narrowing: Narrowing;
  readonly onNarrow: (narrowing: Narrowing) => void;
}

/** One site's cases, or one modality's; shown only where there is something to choose. */
export function Narrow({ items, narrowing, onNarrow }: NarrowProps): JSX.Element {
  const { t } = useTranslation("working");
  const nameOf = useNameOfSite();
  const { sites, modalities } = useMemo(() => choicesIn(items), [items]);
  return (
    <>
      {(sites.length > 1 || narrowing.site !== "") && (
        <NativeSelect
          className={classes["narrow"] ?? ""}
          size="xs"
          aria-label={t("filter.site")}
          value={narrowing.site}
          data={[
            { value: "", label: t("filter.any_site") },
            ...sites.map(([value, name]) => ({ value, label: nameOf(value, name) })),
          ]}
          onChange={(event) => onNarrow({ ...narrowing, site: event.currentTarget.value })}
        />
      )}
      {(modalities.length > 1 || narrowing.modality !== "") && (
        <NativeSelect
          className={classes["narrow"] ?? ""}
          size="xs"
          aria-label={t("filter.modality")}
          value={narrowing.modality}
          data={[{ value: "", label: t("filter.any_modality") }, ...modalities]}
          onChange={(event) => onNarrow({ ...narrowing, modality: event.currentTarget.value })}
        />
      )}
    </>
  );
}
