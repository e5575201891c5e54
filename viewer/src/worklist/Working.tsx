import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { useMay, useSession } from "@/session/api";
import { FailedLine } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import { WaitingMark } from "./chips";
import { DeferDialog } from "./DeferDialog";
import { HandOverDialog } from "./HandOverDialog";
import { isClosed } from "./model";
import { useAct, type Act } from "./working";
import classes from "./Worklist.module.css";

export interface WorkingProps {
  readonly item: WorklistItem;
  readonly now: number;
}

/** What else can be done with a case, and what was: handed over, put off, a patient who waits. */
export function Working({ item, now }: WorkingProps): JSX.Element | null {
  const { t } = useTranslation("working");
  const may = useMay();
  const { session } = useSession();
  const act = useAct(item.worklist_item_id);
  const [asking, setAsking] = useState<"hand_over" | "defer" | null>(null);
  if (isClosed(item)) return null;
  const reads = may("worklist.claim");
  const mine = item.locked_by?.person_id === session.person.person_id;
  const done = { onSuccess: () => setAsking(null) };
  const send = (wanted: Act): void => act.mutate(wanted, done);
  return (
    <>
      {act.error && asking === null && <FailedLine error={act.error} />}
      {item.waiting && (
        <p className={classes["told"]}>
          <WaitingMark item={item} now={now} />
        </p>
      )}
      {item.deferral && (
        <p className={classes["told"]}>
          {t("deferred_until")} → <InstantText value={item.deferral.until} />
          <br />
          {t("defer.shown", { name: item.deferral.display_name, reason: item.deferral.reason })}
        </p>
      )}
      <Offer item={item} busy={act.isPending} onAct={send} />
      <div className={classes["secondary"]}>
        {mine && item.offer === null && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAsking("hand_over")}>
            {t("hand_over.open")}
          </Button>
        )}
        {reads && item.deferral === null && item.waiting === null && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAsking("defer")}>
            {t("defer.open")}
          </Button>
        )}
        {reads && item.deferral !== null && (
          <Button size="compact-sm" variant="subtle" onClick={() => send({ act: "bring_back" })}>
            {t("defer.back")}
          </Button>
        )}
        {item.waiting !== null && (reads || may("request.place")) && (
          <Button size="compact-sm" variant="subtle" onClick={() => send({ act: "patient_goes" })}>
            {t("patient_goes")}
          </Button>
        )}
      </div>
      {item.waiting === null && may("request.place") && <PatientWaits busy={act.isPending} onAct={send} />}
      {asking === "hand_over" && (
        <HandOverDialog
          item={item}
          busy={act.isPending}
          error={act.error}
          onOffer={(to_person_id, note, delegates) => send({ act: "offer", to_person_id, note, delegates })}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "defer" && (
        <DeferDialog
          busy={act.isPending}
          error={act.error}
          onDefer={(until, reason) => send({ act: "defer", until, reason })}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

interface ActingProps {
  readonly busy: boolean;
  readonly onAct: (act: Act) => void;
}

/** Whom a reading is offered to: for everybody to see, for the two to decide. */
function Offer({ item, busy, onAct }: ActingProps & { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation(["working", "stages"]);
  const { session } = useSession();
  if (item.offer === null) return null;
  const myself = session.person.person_id;
  const { giver, taker, note } = item.offer;
  const toMe = taker.person_id === myself;
  const names = { giver: giver.display_name, taker: taker.display_name };
  return (
    <div className={classes["told"]} role="status">
      <p>{toMe ? t("hand_over.to_me", names) : t("hand_over.offered", names)}</p>
      {item.offer.delegates && <p>{t("stages:delegation.asked")}</p>}
      {note && <p className={classes["why"]}>{note}</p>}
      {toMe && (
        <Button size="xs" loading={busy} onClick={() => onAct({ act: "accept" })}>
          {t("hand_over.accept")}
        </Button>
      )}{" "}
      {(toMe || giver.person_id === myself) && (
        <Button size="xs" variant="default" loading={busy} onClick={() => onAct({ act: "decline" })}>
          {toMe ? t("hand_over.decline") : t("hand_over.withdraw")}
        </Button>
      )}
    </div>
  );
}

/** The hospital keeps the patient: may the images be taken again, are more views wanted? */
function PatientWaits({ busy, onAct }: ActingProps): JSX.Element {
  const { t } = useTranslation("working");
  return (
    <div className={classes["told"]}>
      <p>{t("patient_waits")}</p>
      <div className={classes["choices"]}>
        {(["retake", "additional"] as const).map((why) => (
          <Button
            key={why}
            size="compact-sm"
            variant="default"
            loading={busy}
            onClick={() => onAct({ act: "patient_waits", why })}
          >
            {t(`why.${why}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
