import { useTranslation } from "react-i18next";
import { knownRole } from "./roles";

/** A role in the language of the page; one that is not known yet stands by its own name. */
export function useRoleWord(): (role: string) => string {
  const { t } = useTranslation("session");
  return (role) => {
    const known = knownRole(role);
    return known ? t(`role.${known}`) : role;
  };
}
