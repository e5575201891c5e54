import type { JSX } from "react";
import { useTranslation } from "react-i18next";

/** The window's title: the page, never a patient. */
export function Titled({ title }: { readonly title: string }): JSX.Element {
  const { t } = useTranslation("ui");
  return <title>{t("page_title", { title })}</title>;
}
