import { useTranslation } from "react-i18next";

/** An event's word; one that has none yet stands by its own name. */
export function useEventWord(): (event: string) => string {
  const { i18n } = useTranslation("audit");
  return (event) => {
    const path = event.replaceAll("-", "_");
    if (!i18n.exists(`audit:event.${path}`)) return event;
    const word: unknown = i18n.getResource(i18n.language, "audit", `event.${path}`);
    return typeof word === "string" ? word : event;
  };
}
