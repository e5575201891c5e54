import { Popover } from "@mantine/core";
import { useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { FrameStore } from "@/images/store";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import { ledgerState, progressOf, studyLedger, type LedgerState, type Progress, type StudyLedger } from "./ledger";
import classes from "./TopStrip.module.css";
import type { OpenCase } from "./useCase";
import type { Views } from "./views";

const LOOKS: Readonly<Record<LedgerState, readonly [Tone, Shape]>> = {
  complete: ["good", "check"],
  uncounted: ["idle", "hollow"],
  missing: ["danger", "stop"],
  unreachable: ["danger", "stop"],
  unsigned: ["danger", "triangle"],
};

interface LedgerProps {
  readonly opened: OpenCase;
  readonly store: FrameStore;
  readonly views: Views;
}

/** The ledger of the study: counted by the sender, arrived, reachable, proved, seen; a difference is red. */
export function LedgerMark({ opened, store, views }: LedgerProps): JSX.Element {
  const { t } = useTranslation("reading");
  const ledger = studyLedger(opened.current.images, opened.current.study, opened.hanging);
  const progress = useProgress(store, opened.current.study.studyInstanceUid);
  const state = ledgerState(ledger);
  const [tone, shape] = progress.failed > 0 ? (["danger", "stop"] as const) : LOOKS[state];
  return (
    <Popover transitionProps={{ duration: 0 }} position="bottom-start" trapFocus>
      <Popover.Target>
        <button type="button" className={classes["ledger"]} data-ledger={state} aria-label={t("ledger.label")}>
          <Chip tone={tone} shape={shape}>
            {words(state, ledger, progress, t)}
          </Chip>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <LedgerTable ledger={ledger} progress={progress} views={views} />
      </Popover.Dropdown>
    </Popover>
  );
}

type Words = ReturnType<typeof useTranslation<"reading">>["t"];

function words(state: LedgerState, ledger: StudyLedger, progress: Progress, t: Words): string {
  if (state === "unreachable") return t("ledger.unreachable", { count: ledger.arrivedFrames - ledger.reachableFrames });
  if (state === "missing")
    return t("ledger.differs", { arrived: ledger.arrivedInstances, declared: ledger.declaredInstances });
  if (state === "unsigned") return t("ledger.manifestBad");
  if (progress.proved < progress.frames) return t("ledger.proving", { proved: progress.proved, all: progress.frames });
  return t("ledger.complete", { count: ledger.arrivedFrames });
}

function LedgerTable({
  ledger,
  progress,
  views,
}: {
  readonly ledger: StudyLedger;
  readonly progress: Progress;
  readonly views: Views;
}): JSX.Element {
  const { t } = useTranslation("reading");
  const seen = useSyncExternalStore(views.subscribeSeen, views.seenCount);
  const counted = (value: number): number | string => (ledger.counted ? value : "–");
  const rows: readonly (readonly [string, number | string, number | string, boolean])[] = [
    [t("ledger.counted"), counted(ledger.declaredInstances), counted(ledger.declaredFrames), false],
    [
      t("ledger.arrived"),
      ledger.arrivedInstances,
      ledger.arrivedFrames,
      ledger.counted &&
        (ledger.arrivedInstances !== ledger.declaredInstances || ledger.arrivedFrames !== ledger.declaredFrames),
    ],
    [
      t("ledger.reachable"),
      ledger.reachableInstances,
      ledger.reachableFrames,
      ledger.reachableFrames !== ledger.arrivedFrames,
    ],
    [t("ledger.proved"), "", progress.proved, progress.failed > 0],
    [t("ledger.seen"), "", seen, false],
  ];
  const { manifest } = ledger;
  return (
    <div className={classes["ledgerTable"]}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("ledger.instances")}</th>
            <th scope="col">{t("ledger.frames")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, instances, frames, wrong]) => (
            <tr key={name} data-wrong={wrong || undefined}>
              <th scope="row">{name}</th>
              <td>{instances}</td>
              <td>{frames}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p data-wrong={manifest?.verified === false || undefined}>
        {manifest === null
          ? t("ledger.noManifest")
          : manifest.verified
            ? t("ledger.manifest", { by: manifest.signed_by })
            : t("ledger.manifestBad")}
      </p>
    </div>
  );
}

/** Looked at a few times a second: a study has thousands of frames, and each has many moments. */
function useProgress(store: FrameStore, studyInstanceUid: string): Progress {
  const [watch] = useState(() => {
    let last: Progress = { frames: 0, proved: 0, failed: 0 };
    return {
      subscribe: (changed: () => void) => {
        const timer = setInterval(changed, 300);
        return () => clearInterval(timer);
      },
      read: (): Progress => {
        const now = progressOf(store.views(), studyInstanceUid);
        if (now.proved !== last.proved || now.failed !== last.failed || now.frames !== last.frames) last = now;
        return last;
      },
    };
  });
  return useSyncExternalStore(watch.subscribe, watch.read);
}
