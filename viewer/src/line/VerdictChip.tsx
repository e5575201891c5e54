import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip } from "@/ui/Chip";
import { LOOKS, type Look } from "./model";

/** What a line is worth, in a word. */
export function VerdictChip({ look, framed = false }: { readonly look: Look; readonly framed?: boolean }): JSX.Element {
  const { t } = useTranslation("lines");
  const [tone, shape] = LOOKS[look];
  return (
    <Chip tone={tone} shape={shape} framed={framed}>
      {t(`state.${look}`)}
    </Chip>
  );
}
