import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { useSession } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { isDoneBy } from "./model";
import classes from "./Worklist.module.css";

const ROLES = ["sole", "first", "second", "arbiter"] as const;

/** Who gives which reading, where a case has more than one. */
export function Readings({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation("working");
  const { session } = useSession();
  if (item.readings.length < 2) return null;
  const readings = [...item.readings].sort((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role));
  const open = readings.every(({ role, signed_at }) => role === "arbiter" || signed_at !== null);
  return (
    <section className={classes["section"]}>
      <h3>{t("readings")}</h3>
      <dl className={classes["facts"]}>
        {readings.map((reading) => (
          <ReadingLine key={reading.role} reading={reading} open={open} />
        ))}
      </dl>
      {isDoneBy(item, session.person.person_id) && item.status !== "completed" ? (
        <p className={classes["none"]}>{t("nothing_left")}</p>
      ) : (
        !open && <p className={classes["none"]}>{t("blind")}</p>
      )}
    </section>
  );
}

function ReadingLine({
  reading: { role, reader, signed_at },
  open,
}: {
  readonly reading: WorklistItem["readings"][number];
  readonly open: boolean;
}): JSX.Element {
  const { t } = useTranslation("working");
  const free = role === "arbiter" && !open ? t("reading.later") : t("reading.free");
  return (
    <>
      <dt>{t(`role.${role}`)}</dt>
      <dd>
        {reader === null ? (
          <Chip tone="idle" shape="hollow">
            {free}
          </Chip>
        ) : (
          <Chip tone={signed_at ? "idle" : "active"} shape={signed_at ? "full" : "half"}>
            {signed_at ? t("reading.signed") : t("reading.held")}
          </Chip>
        )}{" "}
        {reader?.display_name}
      </dd>
    </>
  );
}
