import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip } from "@/ui/Chip";
import { hubDate } from "@/ui/clock";
import { formatClock, parseInstant } from "@/ui/format";
import type { SaveState } from "./saver";

/** Where the text is that was typed: here only, on its way, or at the hub since when. */
export function SaveMark({ state }: { readonly state: SaveState }): JSX.Element {
  return (
    <span aria-live="polite" data-save={state.kind}>
      <Words state={state} />
    </span>
  );
}

function Words({ state }: { readonly state: SaveState }): JSX.Element | null {
  const { t } = useTranslation("report");
  switch (state.kind) {
    case "clean":
      return null;
    case "typing":
    case "saving":
      return (
        <Chip tone="idle" shape="dashed">
          {t("save.saving")}
        </Chip>
      );
    case "saved": {
      const at = parseInstant(state.at) ?? hubDate();
      return (
        <Chip tone="idle" shape="full" title={t("save.saved_long")}>
          {t("save.saved", { clock: formatClock(at, { seconds: true }) })}
        </Chip>
      );
    }
    case "waiting":
      return (
        <Chip tone="danger" shape="stop" title={t("save.waiting_long")}>
          {t("save.waiting")}
        </Chip>
      );
    case "signed-out":
      return (
        <Chip tone="danger" shape="stop" title={t("save.signed_out_long")}>
          {t("save.signed_out")}
        </Chip>
      );
    case "refused":
      return (
        <Chip tone="danger" shape="stop">
          {t("save.refused")}
        </Chip>
      );
    case "conflict":
      return (
        <Chip tone="danger" shape="stop">
          {t("save.conflict")}
        </Chip>
      );
  }
}
