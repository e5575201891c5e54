import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { useCount } from "@/ui/Written";

type Told = Pick<WorklistItem, "performed" | "performed_instances">;

/** What the modality says of an examination that is not finished as usual (MPPS); with its count where there is room. */
export function Performed({ item, counted = false }: { readonly item: Told; readonly counted?: boolean }): JSX.Element {
  const { t } = useTranslation("orders");
  const count = useCount();
  const made = item.performed_instances;
  const said = made === null ? "" : t("performed.counted", { count: made, number: count(made) });
  return (
    <>
      {(item.performed === "in_progress" || item.performed === "discontinued") && (
        <Chip
          tone={item.performed === "discontinued" ? "attention" : "active"}
          shape={item.performed === "discontinued" ? "triangle" : "half"}
          title={said || undefined}
        >
          {t(`performed.${item.performed}`)}
        </Chip>
      )}
      {counted && said && <span data-performed={made}> {said}</span>}
    </>
  );
}
