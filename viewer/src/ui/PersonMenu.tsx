import { Popover } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { PlaceChoice } from "@/centre/PlaceChoice";
import { useSession } from "@/session/api";
import { useNameOfSite } from "@/session/useNameOfSite";
import { useRoleWord } from "@/session/useRoleWord";
import { LanguageSwitch } from "./LanguageSwitch";
import { chooseDateStyle, useDateStyle } from "./preferences";
import { useHealth } from "./useHealth";
import classes from "./Shell.module.css";

/** A reader of the whole centre has hundreds. */
const MOST_NAMED = 4;

/** Who is signed in; language and dates, lock and sign-out. */
export function PersonMenu(): JSX.Element {
  const { session } = useSession();
  const [opened, setOpened] = useState(false);
  const { person } = session;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} shadow="md" trapFocus>
      <Popover.Target>
        <button type="button" className={classes["person"]} onClick={() => setOpened(!opened)}>
          <span>{person.display_name}</span>
          <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
            <path d="M2 4l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <Inside onDone={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Inside({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { t } = useTranslation(["ui", "session"]);
  const { session, lock, signOut } = useSession();
  const health = useHealth();
  const roleWord = useRoleWord();
  const nameOf = useNameOfSite();
  const { person, sites } = session;
  const quiet = classes["menuQuiet"] ?? "";
  const named = sites.slice(0, MOST_NAMED).map(({ site_id, name }) => nameOf(site_id, name));
  if (sites.length > MOST_NAMED) named.push(t("more_sites", { number: sites.length - MOST_NAMED }));
  return (
    <>
      <div className={classes["menuTop"]}>
        <p>
          {person.display_name} <span className={quiet}>{person.display_name_kana}</span>
        </p>
        <p className={quiet}>{person.roles.map(roleWord).join(" · ")}</p>
        <p className={quiet}>{named.join(" · ")}</p>
      </div>
      <hr className={classes["divided"]} />
      <div className={classes["menuRow"]}>
        <span>{t("language.label")}</span>
        <LanguageSwitch />
      </div>
      <div className={classes["menuRow"]}>
        <span>{t("dates.label")}</span>
        <DatesSwitch />
      </div>
      {session.permissions.includes("report.write") && <PlaceChoice />}
      <hr className={classes["divided"]} />
      <ul className={classes["menu"]}>
        <li>
          <Link href="/settings" onClick={onDone}>
            {t("nav.sessions")}
          </Link>
        </li>
        <li>
          <button type="button" onClick={lock}>
            {t("session:lock_now")}
          </button>
        </li>
        <li>
          <button type="button" onClick={signOut}>
            {t("session:sign_out")}
          </button>
        </li>
      </ul>
      <hr className={classes["divided"]} />
      <div className={classes["menuTop"]}>
        <p className={quiet}>{t("clock_zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</p>
        {health && <p className={quiet}>{t("version", { version: health.version })}</p>}
      </div>
    </>
  );
}

function DatesSwitch(): JSX.Element {
  const { t } = useTranslation("ui");
  const dates = useDateStyle();
  return (
    <div role="group" aria-label={t("dates.label")} className={classes["languages"]}>
      <button type="button" aria-pressed={dates === "iso"} onClick={() => chooseDateStyle("iso")}>
        {t("dates.iso")}
      </button>
      <button type="button" aria-pressed={dates === "wareki"} onClick={() => chooseDateStyle("wareki")} lang="ja">
        {t("dates.wareki")}
      </button>
    </div>
  );
}
