import { useTranslation } from "react-i18next";
import { useSession } from "@/session/api";
import { useRoleWord } from "@/session/useRoleWord";
import type { Grant } from "@/api/types";

/** "Reader · reading centre", "Technologist · Kita Hospital". */
export function useGrantText(): (grant: Grant) => string {
  const { t } = useTranslation("people");
  const { session } = useSession();
  const roleWord = useRoleWord();
  return ({ role, site_id: siteId }) => {
    const site =
      siteId === null ? t("centre") : (session.sites.find((known) => known.site_id === siteId)?.name ?? siteId);
    return `${roleWord(role)} · ${site}`;
  };
}
