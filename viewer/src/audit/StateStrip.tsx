import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { AuditState } from "@/api/types";
import { Chip } from "@/ui/Chip";
import { useHubNow } from "@/ui/clock";
import { parseInstant } from "@/ui/format";
import { useCount, useDurationText } from "@/ui/Written";
import classes from "./Audit.module.css";

const DAY = 86_400_000;
/** A walk each day, with some hours for a machine that was off at night. */
const STALE_AFTER = 1.5 * DAY;

/** Whether the trail can be relied on: walked whole, its end written down outside, a repository told. */
export function StateStrip({ state }: { readonly state: AuditState }): JSX.Element {
  const { t } = useTranslation("audit");
  return (
    <ul className={classes["state"]} aria-label={t("state.label")}>
      <li>
        <Chain state={state} />
      </li>
      <li>
        <AnchorChip state={state} />
      </li>
      <li>
        <Repository state={state} />
      </li>
    </ul>
  );
}

function Chain({ state: { check } }: { readonly state: AuditState }): JSX.Element {
  const { t } = useTranslation("audit");
  const count = useCount();
  const now = useHubNow(60_000);
  const duration = useDurationText();
  if (check === null) {
    return (
      <Chip tone="idle" shape="dashed">
        {t("state.chain_unchecked")}
      </Chip>
    );
  }
  const age = now - (parseInstant(check.ended_at)?.getTime() ?? 0);
  const values = { entries: count(check.entries), age: duration(age) };
  if (check.broken_at !== null) {
    return (
      <Chip tone="danger" shape="stop" title={check.why}>
        {t("state.chain_broken", { ...values, number: count(check.broken_at) })}
      </Chip>
    );
  }
  return age > STALE_AFTER ? (
    <Chip tone="danger" shape="clock">
      {t("state.chain_stale", values)}
    </Chip>
  ) : (
    <Chip tone="good" shape="check">
      {t("state.chain_whole", values)}
    </Chip>
  );
}

function AnchorChip({ state: { anchor } }: { readonly state: AuditState }): JSX.Element {
  const { t } = useTranslation("audit");
  const count = useCount();
  const now = useHubNow(60_000);
  const duration = useDurationText();
  const at = parseInstant(anchor.at);
  const age = at === null ? 0 : now - at.getTime();
  const values = { number: count(anchor.sequence ?? 0), age: duration(age) };
  switch (anchor.state) {
    case "off":
      return (
        <Chip tone="attention" shape="hollow">
          {t("state.anchor_off")}
        </Chip>
      );
    case "holds":
      return age > STALE_AFTER ? (
        <Chip tone="attention" shape="clock">
          {t("state.anchor_stale", values)}
        </Chip>
      ) : (
        <Chip tone="good" shape="check">
          {t("state.anchor_holds", values)}
        </Chip>
      );
    case "empty":
      return (
        <Chip tone="idle" shape="dashed">
          {t("state.anchor_empty")}
        </Chip>
      );
    case "differs":
      return (
        <Chip tone="danger" shape="stop">
          {t("state.anchor_differs", values)}
        </Chip>
      );
    case "unreadable":
      return (
        <Chip tone="danger" shape="stop">
          {t("state.anchor_unreadable")}
        </Chip>
      );
  }
}

function Repository({ state: { repository } }: { readonly state: AuditState }): JSX.Element {
  const { t } = useTranslation("audit");
  const count = useCount();
  if (!repository.address) {
    return (
      <Chip tone="idle" shape="hollow">
        {t("state.repository_off")}
      </Chip>
    );
  }
  const values = { address: repository.address, waiting: count(repository.waiting) };
  return repository.error ? (
    <Chip tone="danger" shape="stop" title={repository.error}>
      {t("state.repository_away", values)}
    </Chip>
  ) : (
    <Chip tone="good" shape="check">
      {t("state.repository_told", values)}
    </Chip>
  );
}
