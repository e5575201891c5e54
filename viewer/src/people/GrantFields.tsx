import { NativeSelect } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/session/api";
import { knownRole, ROLES } from "@/session/roles";
import { useRoleWord } from "@/session/useRoleWord";
import type { Grant } from "@/api/types";
import classes from "./People.module.css";

export interface GrantFieldsProps {
  readonly grant: Grant;
  readonly onChange: (grant: Grant) => void;
}

/** A role, and where it holds. */
export function GrantFields({ grant, onChange }: GrantFieldsProps): JSX.Element {
  const { t } = useTranslation("people");
  const { session } = useSession();
  const roleWord = useRoleWord();
  return (
    <div className={classes["two"]}>
      <NativeSelect
        label={t("field.role")}
        value={grant.role}
        onChange={(event) => onChange({ ...grant, role: knownRole(event.currentTarget.value) ?? grant.role })}
        data={ROLES.map((role) => ({ value: role, label: roleWord(role) }))}
      />
      <NativeSelect
        label={t("field.site")}
        value={grant.site_id ?? ""}
        onChange={(event) => onChange({ ...grant, site_id: event.currentTarget.value || null })}
        data={[
          { value: "", label: t("centre") },
          ...session.sites.map(({ site_id, name }) => ({ value: site_id, label: name })),
        ]}
      />
    </div>
  );
}
