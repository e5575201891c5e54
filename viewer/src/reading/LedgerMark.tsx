import { Popover } from "@mantine/core";
import { useState, useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { FrameStore } from "@/images/store";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import { useWay } from "@/worklist/api";
import type { Documents } from "./documents";
import { ledgerState, progressOf, studyLedger, type LedgerState, type Progress, type StudyLedger } from "./ledger";
import type { Seen } from "./seen";
import classes from "./TopStrip.module.css";
import { useArrivals } from "./useArrivals";
import type { OpenCase } from "./useCase";

const LOOKS: Readonly<Record<LedgerState, readonly [Tone, Shape]>> = {
  complete: ["good", "check"],
  uncounted: ["idle", "hollow"],
  arriving: ["attention", "half"],
  missing: ["danger", "stop"],
  excess: ["danger", "stop"],
  contradicted: ["danger", "stop"],
  unreachable: ["danger", "stop"],
  unshown: ["attention", "slash"],
  unsigned: ["danger", "triangle"],
};

interface LedgerProps {
  readonly opened: OpenCase;
  readonly store: FrameStore;
  readonly seen: Seen;
  readonly documents: Documents;
  readonly onRefresh: () => void;
}

/** The ledger of the study: counted by the sender, arrived, reachable, proved, seen; a difference is red. */
export function LedgerMark({ opened, store, seen, documents, onRefresh }: LedgerProps): JSX.Element {
  const { t } = useTranslation("reading");
  const { images, study } = opened.current;
  const shown = useSyncExternalStore(documents.subscribe, documents.shown);
  const ledger = studyLedger(images, study, opened.hanging, shown, useArrivals(opened));
  const progress = useProgress(store, study.studyInstanceUid);
  const state = ledgerState(ledger);
  const [tone, shape] = looks(state, progress);
  return (
    <>
      <Popover transitionProps={{ duration: 0 }} position="bottom-start" trapFocus>
        <Popover.Target>
          <button type="button" className={classes["ledger"]} data-ledger={state} title={t("ledger.label")}>
            <Chip tone={tone} shape={shape}>
              {words(state, ledger, progress, t)}
            </Chip>
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <LedgerTable itemId={opened.item.worklist_item_id} ledger={ledger} progress={progress} seen={seen} />
        </Popover.Dropdown>
      </Popover>
      {ledger.newInstances > 0 ? (
        <button type="button" className={classes["arrivals"]} data-arrivals="" onClick={onRefresh}>
          {t("ledger.new", { count: ledger.newFrames || ledger.newInstances })}
        </button>
      ) : null}
    </>
  );
}

/** Green is only what is complete and proved to the last frame. */
function looks(state: LedgerState, progress: Progress): readonly [Tone, Shape] {
  if (progress.failed > 0) return ["danger", "stop"];
  if (state === "complete" && progress.proved < progress.frames) return ["idle", "half"];
  return LOOKS[state];
}

type Words = ReturnType<typeof useTranslation<"reading">>["t"];

function words(state: LedgerState, ledger: StudyLedger, progress: Progress, t: Words): string {
  const unreachable = ledger.arrivedFrames - ledger.reachableFrames - ledger.newFrames;
  if (state === "unreachable" && unreachable > 0) return t("ledger.unreachable", { count: unreachable });
  if (state === "unreachable" || state === "unshown")
    return t("ledger.unshown", { count: ledger.arrivedInstances - ledger.reachableInstances - ledger.newInstances });
  if (state === "missing" || state === "excess")
    return t("ledger.differs", { arrived: ledger.arrivedInstances, count: ledger.declaredInstances });
  if (state === "contradicted") return t("ledger.contradicted", { count: ledger.contradictedInstances });
  if (state === "unsigned") return t("ledger.manifestBad");
  if (state === "arriving")
    return t("ledger.arriving", { arrived: ledger.arrivedInstances, count: ledger.declaredInstances });
  if (progress.proved < progress.frames) return t("ledger.proving", { proved: progress.proved, all: progress.frames });
  if (state === "uncounted") return t("ledger.uncounted", { count: ledger.arrivedFrames });
  return t("ledger.complete", { count: ledger.arrivedFrames });
}

function LedgerTable({
  itemId,
  ledger,
  progress,
  seen,
}: {
  readonly itemId: string;
  readonly ledger: StudyLedger;
  readonly progress: Progress;
  readonly seen: Seen;
}): JSX.Element {
  const { t } = useTranslation("reading");
  const seenImages = useSyncExternalStore(seen.subscribe, seen.current);
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
      ledger.reachableFrames !== ledger.arrivedFrames || ledger.reachableInstances !== ledger.arrivedInstances,
    ],
    [t("ledger.proved"), "", progress.proved, progress.failed > 0],
    [t("ledger.seen"), "", seenImages, false],
  ];
  const { manifest } = ledger;
  const gateway = useWay(itemId).data?.gateway ?? null;
  const signers = manifest?.signed_by.map((id) => (id === gateway?.gateway_id ? gateway.name : id));
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
      <p data-wrong={manifest?.verified === false || undefined} title={manifest?.signed_by.join(" ")}>
        {manifest === null
          ? t("ledger.noManifest")
          : manifest.verified
            ? t("ledger.manifest", { by: signers?.join(t("ledger.and")) })
            : t("ledger.manifestBad")}
      </p>
      {ledger.discontinued ? <p data-wrong>{t("ledger.discontinued")}</p> : null}
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
