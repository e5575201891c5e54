import { useTranslation } from "react-i18next";
import { currentLanguage } from "@/i18n";
import { useSession } from "./api";

/** What a site is called in the language of the page; a site that this person does not know keeps the name given. */
export function useNameOfSite(): (siteId: string, name?: string) => string {
  useTranslation();
  const { session } = useSession();
  return (siteId, name) => {
    const known = session.sites.find(({ site_id }) => site_id === siteId);
    const names = [currentLanguage() === "en" ? known?.name_en : undefined, name, known?.name];
    return names.find((one) => one !== undefined && one !== "") ?? siteId;
  };
}
