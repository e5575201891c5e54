import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Communication } from "@/api/types";
import { useMay, useSession } from "@/session/api";
import { InstantText } from "@/ui/Written";
import { useCommunications, useSay } from "./communicating";
import { AcknowledgeDialog, OpenDialog, TellDialog } from "./CommunicationDialogs";
import { TimerChip } from "./OpenCommunications";
import classes from "./Outcomes.module.css";

type Doing = "open" | { readonly what: "told" | "acknowledged"; readonly one: Communication };

interface CommunicationPanelProps {
  readonly itemId: string;
  /** The frame of the page around it. */
  readonly className: string;
}

/** Findings that must reach a person: who was told, how, and until when the hospital has to say that it has them. */
export function CommunicationPanel({ itemId, className }: CommunicationPanelProps): JSX.Element | null {
  const { t } = useTranslation("outcomes");
  const may = useMay();
  const { session } = useSession();
  const items = useCommunications(itemId, may("report.read")).data?.items;
  const say = useSay(itemId);
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = (): void => {
    setDoing(null);
    say.reset();
  };
  if (items === undefined || (items.length === 0 && !may("report.sign"))) return null;
  const dialog = { busy: say.isPending, error: say.error, onClose: close, onSay: say.mutate, onDone: close };
  const mine = ({ opened, tellings }: Communication): boolean =>
    [opened, ...tellings].some(({ person_id }) => person_id === session.person.person_id);
  return (
    <section className={className} aria-label={t("communication.title")}>
      <div className={classes["head"]}>
        <h2>{t("communication.title")}</h2>
        <span className={classes["space"]} />
        {may("report.sign") && (
          <Button size="xs" variant="default" onClick={() => setDoing("open")}>
            {t("communication.open")}
          </Button>
        )}
      </div>
      {items.map((one) => (
        <div key={one.communication_id} className={classes["communication"]}>
          <div className={classes["head"]}>
            <TimerChip one={one} />
            <span>{t(`communication.grade.${one.grade}`)}</span>
            <span className={classes["space"]} />
            {one.state !== "acknowledged" && may("report.sign") && (
              <Button size="xs" onClick={() => setDoing({ what: "told", one })}>
                {t("communication.tell")}
              </Button>
            )}
            {one.state === "told" && may("report.acknowledge") && !mine(one) && (
              <Button size="xs" onClick={() => setDoing({ what: "acknowledged", one })}>
                {t("communication.acknowledge")}
              </Button>
            )}
          </div>
          <Course one={one} />
        </div>
      ))}
      {doing === "open" && <OpenDialog {...dialog} />}
      {doing !== null && doing !== "open" && doing.what === "told" && <TellDialog one={doing.one} {...dialog} />}
      {doing !== null && doing !== "open" && doing.what === "acknowledged" && (
        <AcknowledgeDialog one={doing.one} {...dialog} />
      )}
    </section>
  );
}

/** What happened, in its order. */
function Course({ one }: { readonly one: Communication }): JSX.Element {
  const { t } = useTranslation("outcomes");
  return (
    <dl className={classes["marks"]}>
      <div>
        <dt>{t("communication.finding")}</dt>
        <dd>
          {one.opened.display_name} <InstantText value={one.opened.at} />
          <span className={classes["note"]}>{one.opened.note}</span>
        </dd>
      </div>
      <div>
        <dt>{t("communication.due")}</dt>
        <dd>
          <InstantText value={one.due_at} />
        </dd>
      </div>
      {one.tellings.map((told) => (
        <div key={`${told.person_id} ${told.at}`}>
          <dt>{t("communication.told")}</dt>
          <dd>
            {told.display_name} → {told.recipient} · {t(`communication.method.${told.method}`)}{" "}
            <InstantText value={told.at} />
            {told.method !== "secure_message" &&
              ` · ${t(told.read_back ? "communication.read_back" : "communication.not_read_back")}`}
          </dd>
        </div>
      ))}
      {one.escalated.map((urged) => (
        <div key={`${urged.step} ${urged.person_id}`}>
          <dt>{t("communication.urged")}</dt>
          <dd>
            {urged.display_name} <InstantText value={urged.at} />
          </dd>
        </div>
      ))}
      {one.acknowledged && (
        <div>
          <dt>{t("communication.acknowledged")}</dt>
          <dd>
            {one.acknowledged.display_name} <InstantText value={one.acknowledged.at} />
            {one.acknowledged.note && <span className={classes["note"]}>{one.acknowledged.note}</span>}
          </dd>
        </div>
      )}
    </dl>
  );
}
