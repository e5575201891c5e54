import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore, type JSX, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { getJson } from "@/api/client";
import type { ObjectPedigree, WorklistItem } from "@/api/types";
import { MomentText } from "@/documents/MomentText";
import { text } from "@/images/dicomJson";
import type { Frame } from "@/images/frame";
import { transferSyntax } from "@/images/transferSyntax";
import { Chip, type Tone } from "@/ui/Chip";
import { formatBytes } from "@/ui/format";
import { RecordedWords } from "@/ui/RecordedWords";
import type { Shape } from "@/ui/shapes";
import { Failed, LoadingRows } from "@/ui/States";
import { InstantText } from "@/ui/Written";
import type { StackView, StackViewState } from "@/viewports/StackView";
import { methodName, truthOf, type Truth } from "@/viewports/truth";
import { useWay } from "@/worklist/api";
import classes from "./Pedigree.module.css";
import { verdictOf, type Verdict } from "./verdict";

interface PedigreeProps {
  readonly item: WorklistItem;
  readonly view: StackView | null;
  readonly onClose: () => void;
}

/** Where the image in a viewport comes from, what became of it on the way, and that it is still what it was (IMG-03). */
export default function Pedigree({ item, view, onClose }: PedigreeProps): JSX.Element {
  const { t } = useTranslation("pedigree");
  const subscribe = useCallback((changed: () => void) => view?.subscribe(changed) ?? (() => undefined), [view]);
  const state = useSyncExternalStore(subscribe, () => view?.state ?? null);
  return (
    <Modal
      opened={state !== null}
      onClose={onClose}
      title={t("title")}
      size="50rem"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {state === null ? null : <Way item={item} state={state} />}
    </Modal>
  );
}

function Way({ item, state }: { readonly item: WorklistItem; readonly state: StackViewState }): JSX.Element {
  const { frame, frameView } = state;
  const { studyInstanceUid, sopInstanceUid } = frame.instance;
  const site = encodeURIComponent(item.site_id);
  const found = useQuery({
    queryKey: ["pedigree", item.site_id, studyInstanceUid, sopInstanceUid],
    queryFn: ({ signal }) =>
      getJson<ObjectPedigree>(
        `/api/v1/sites/${site}/studies/${studyInstanceUid}/objects/${sopInstanceUid}/pedigree`,
        signal,
      ),
    staleTime: Infinity,
    gcTime: 0,
  });
  const truth = truthOf(frame, frameView);
  return (
    <div data-pedigree={truth.stage}>
      <Said verdict={verdictOf(truth, found.data)} />
      {found.data === undefined ? (
        found.error === null ? (
          <LoadingRows rows={5} />
        ) : (
          <Failed error={found.error} onRetry={() => void found.refetch()} compact />
        )
      ) : (
        <Rows pedigree={found.data} frame={frame} truth={truth} itemId={item.worklist_item_id} />
      )}
    </div>
  );
}

const LOOKS: Readonly<Record<Verdict, readonly [Tone, Shape]>> = {
  proved: ["good", "check"],
  provedBytes: ["good", "check"],
  unsigned: ["attention", "triangle"],
  broken: ["danger", "triangle"],
  unknown: ["idle", "hollow"],
  unproved: ["danger", "triangle"],
  failed: ["danger", "stop"],
};

function Said({ verdict }: { readonly verdict: Verdict }): JSX.Element {
  const { t } = useTranslation("pedigree");
  const [tone, shape] = LOOKS[verdict];
  return (
    <div className={classes["verdict"]}>
      <Chip tone={tone} shape={shape} framed>
        {t(`identical.${verdict}`)}
      </Chip>
    </div>
  );
}

interface RowsProps {
  readonly pedigree: ObjectPedigree;
  readonly frame: Frame;
  readonly truth: Truth;
  readonly itemId: string;
}

function Rows({ pedigree, frame, truth, itemId }: RowsProps): JSX.Element {
  const { t } = useTranslation("pedigree");
  const named = useNames(itemId);
  return (
    <>
      <dl className={classes["rows"]}>
        <Row name={t("made")}>
          <Made frame={frame} />
        </Row>
        <Row name={t("came")}>
          <span>{transferSyntax(pedigree.source_transfer_syntax_uid).name}</span>
          <Loss lossy={pedigree.lossy} />
        </Row>
        <Row name={t("became")}>
          <Became pedigree={pedigree} truth={truth} />
        </Row>
        <Row name={t("signed")}>
          {pedigree.signed.length === 0 ? <span>{t("unsigned")}</span> : null}
          {pedigree.signed.map(({ by, at, verified }) => (
            <span key={by} className={verified ? undefined : classes["bad"]}>
              {named(by)} · <InstantText value={at} seconds /> · {verified ? t("holds") : t("broken")}
            </span>
          ))}
        </Row>
        <Row name={t("received")}>
          <span>
            <InstantText value={pedigree.received_at} seconds /> · {t("from", { who: named(pedigree.received_from) })}
          </span>
        </Row>
        <Row name={t("here")}>
          <Here truth={truth} />
        </Row>
      </dl>
      <Digests pedigree={pedigree} frame={frame} />
    </>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Maker, model and station as the object names them, and when it was taken. */
function Made({ frame: { instance } }: { readonly frame: Frame }): JSX.Element {
  const { t } = useTranslation("pedigree");
  const { dataset, modality } = instance;
  const device = ["00080070", "00081090", "00081010"].map((tag) => text(dataset, tag)).filter(Boolean);
  const date = text(dataset, "00080022") || text(dataset, "00080023");
  const time = text(dataset, "00080032") || text(dataset, "00080033");
  return (
    <>
      <span>{[modality, ...device].join(" · ")}</span>
      {date === "" ? null : (
        <span>
          {t("acquired")} <MomentText date={date} time={time} />
        </span>
      )}
    </>
  );
}

/** Every lossy step before the object came, with its ratio where the object says it (PS3.3 C.7.6.1.1.5). */
function Loss({ lossy }: { readonly lossy: ObjectPedigree["lossy"] }): JSX.Element {
  const { t } = useTranslation("pedigree");
  if (lossy === null) return <span>{t("noLoss")}</span>;
  const steps = Math.max(lossy.methods.length, lossy.ratios.length, 1);
  return (
    <>
      {Array.from({ length: steps }, (_, step) => {
        const method = methodName(lossy.methods[step] ?? "");
        const ratio = lossy.ratios[step];
        return (
          <Chip key={step} tone="attention" shape="triangle">
            {ratio === undefined
              ? t("loss", { method })
              : t("lossRatio", { method, ratio: Number(ratio.toPrecision(3)) })}
          </Chip>
        );
      })}
    </>
  );
}

function Became({ pedigree, truth }: Pick<RowsProps, "pedigree" | "truth">): JSX.Element {
  const { t } = useTranslation(["pedigree", "reading"]);
  const { keptBecause } = truth;
  if (keptBecause !== null) {
    const why = t(`reading:keptBecause.${keptBecause.key}`, keptBecause.values);
    return <RecordedWords raw={keptBecause.raw}>{t("kept", { why })}</RecordedWords>;
  }
  const from = transferSyntax(pedigree.source_transfer_syntax_uid).name;
  const to = transferSyntax(pedigree.transfer_syntax_uid).name;
  return <span>{from === to ? t("same") : t("recoded", { from, to })}</span>;
}

function Here({ truth }: { readonly truth: Truth }): JSX.Element {
  const { t } = useTranslation("pedigree");
  if (truth.stage === "waiting" || truth.stage === "preview") {
    return <span>{t("waiting", { percent: truth.percent })}</span>;
  }
  return (
    <>
      <span>{truth.decodedByHub ? t("decodedByHub") : t("decodedHere")}</span>
      {truth.stage === "proved" ? <span>{t("equal")}</span> : null}
    </>
  );
}

function Digests({ pedigree, frame }: Pick<RowsProps, "pedigree" | "frame">): JSX.Element {
  const { t } = useTranslation("pedigree");
  const digests: readonly (readonly [string, string])[] = [
    [t(`frame.${frame.digestOf}`, { number: frame.frameNumber }), frame.digest],
    [t("content"), pedigree.content_digest],
    [t("sourceFile"), pedigree.source_sha256],
    [t("file", { bytes: formatBytes(pedigree.size) }), pedigree.sha256],
  ];
  return (
    <dl className={`${classes["rows"] ?? ""} ${classes["digests"] ?? ""}`}>
      <Row name={t("digests")}>
        {digests.map(([what, digest]) => (
          <span key={what}>
            {what}
            <br />
            <span className={classes["digest"]}>{digest}</span>
          </span>
        ))}
      </Row>
    </dl>
  );
}

/** A gateway by the name that people gave it; anybody else as the hub has recorded them. */
function useNames(itemId: string): (actor: string) => string {
  const gateway = useWay(itemId).data?.gateway ?? null;
  return (actor) => {
    const id = actor.replace(/^gateway:/, "");
    return gateway !== null && gateway.gateway_id === id ? gateway.name || id : id;
  };
}
