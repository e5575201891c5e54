import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Instance } from "@/images/frame";
import { failureReason, undecodableReason, type KeptReason } from "@/images/reasons";
import { acquisition } from "./acquisition";
import { colourChange, isColour } from "./colour";
import { isFullRange } from "./grey";
import { partOf, stackLabel, viewLabel } from "./label";
import { PatientId } from "@/ui/PatientId";
import { RecordedWords } from "@/ui/RecordedWords";
import classes from "./Overlay.module.css";
import type { StackViewState } from "./StackView";
import { truthOf, type Truth } from "./truth";

/** Who and when, as it stands on every image; written by the page in the reader's language. */
export interface WhoseImage {
  readonly name: string;
  readonly kana: string;
  readonly patientId: string;
  /** Age at the study, sex, birth date. */
  readonly particulars: string;
  readonly studyDate: string;
  /** In what the patient is not that of the current study; empty where it is. */
  readonly differs: string;
}

/** Asked for each object: a prior may be another's. */
export type Identity = (object: Pick<Instance, "dataset" | "studyInstanceUid">) => WhoseImage;

export interface OverlayProps {
  readonly state: StackViewState;
  readonly identity: Identity;
  readonly hidden: boolean;
  /** The pace of a cine that runs here, in words; null where none does. */
  readonly cine: ReactNode;
  /** What it is linked by, in words. */
  readonly follows: ReactNode;
  readonly onRetry: () => void;
}

export function Overlay({ state, identity, hidden, cine, follows, onRetry }: OverlayProps): JSX.Element {
  const truth = truthOf(state.frame, state.frameView);
  return (
    <div className={classes["overlay"]} data-hidden={hidden || undefined}>
      <IdentityCorner state={state} identity={identity} />
      <AcquisitionCorner state={state} />
      <WindowCorner state={state} cine={cine} follows={follows} />
      <TruthCorner truth={truth} />
      <OrientationMarks state={state} />
      <Middle state={state} truth={truth} onRetry={onRetry} />
    </div>
  );
}

function IdentityCorner({
  state,
  identity,
}: {
  readonly state: StackViewState;
  readonly identity: Identity;
}): JSX.Element {
  const { t } = useTranslation("reading");
  const { stack, index, frame } = state;
  const whose = identity(frame.instance);
  const part = partOf(stack);
  return (
    <div className={classes["topLeft"]} data-corner="identity" data-differs={whose.differs !== "" || undefined}>
      {whose.differs === "" ? null : (
        <div className={classes["differs"]} role="alert">
          ▲ {whose.differs}
        </div>
      )}
      <div className={classes["strong"]}>
        {whose.name}
        <span className={classes["roomy"]}>{` ${whose.kana}`}</span>
      </div>
      <div className={classes["patientId"]}>
        <PatientId id={whose.patientId} />
      </div>
      <div>{whose.particulars}</div>
      <div className={stack.prior ? classes["prior"] : undefined}>
        {stack.prior ? `${t("prior")} ` : ""}
        {whose.studyDate}
      </div>
      <div className={classes["place"]}>
        <span>{stackLabel(stack)}</span>
        {part === null ? null : <span>{t("part", part)}</span>}
        {stack.frames.length > 1 ? <span>{`${index + 1}/${stack.frames.length}`}</span> : null}
      </div>
    </div>
  );
}

function AcquisitionCorner({ state }: { readonly state: StackViewState }): JSX.Element {
  const { t } = useTranslation("reading");
  const { breast, modality } = state.frame.instance;
  const label = viewLabel(breast);
  return (
    <div className={classes["topRight"]} data-corner="acquisition">
      <div className={classes["view"]}>{label || modality}</div>
      {acquisition(state.frame).map((line) => (
        <div key={line} className={classes["roomy"]}>
          {line}
        </div>
      ))}
      {breast.partialView === "" ? null : <div>{t("partialView", { how: breast.partialView })}</div>}
      {breast.implantPresent ? <div>{t("implant")}</div> : null}
      {breast.presentationIntent === "FOR PROCESSING" ? (
        <div className={classes["bad"]}>{t("forProcessing")}</div>
      ) : null}
    </div>
  );
}

const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

function WindowCorner({ state, cine, follows }: Pick<OverlayProps, "state" | "cine" | "follows">): JSX.Element {
  const { t } = useTranslation("reading");
  const { grey, frame } = state;
  const { choice } = grey;
  const name = choice.kind === "table" ? choice.table.explanation || t("voiTable") : choice.explanation;
  const kind = choice.kind === "table" ? "LUT" : choice.function === "LINEAR" ? "" : choice.function.replace("_", " ");
  const colour = isColour(frame);
  const change = colour ? colourChange(grey) : null;
  const words = isFullRange(grey, frame.voi) ? t("fullRange") : [kind, name].join(" ").trim();
  return (
    <div className={classes["bottomLeft"]} data-corner="window">
      {cine === null ? null : <div data-cine="">{cine}</div>}
      {follows}
      {change === null ? null : <div className={classes["attention"]}>▲ {t("colour.changed", change)}</div>}
      {colour ? null : (
        <div>
          W {short(grey.width)} C {short(grey.center)} {frame.modality.unit}
        </div>
      )}
      {colour || words === "" ? null : <div>{words}</div>}
      <div>
        {t("zoom", { percent: Math.round(state.zoom * 100) })}
        {grey.inverted ? `  ${t("inverted")}` : ""}
        {state.flipped ? `  ${t("flipped")}` : ""}
        {state.turns > 0 ? `  ${state.turns * 90}°` : ""}
      </div>
    </div>
  );
}

function TruthCorner({ truth }: { readonly truth: Truth }): JSX.Element {
  const { t } = useTranslation("reading");
  return (
    <div className={classes["bottomRight"]} data-corner="truth" data-stage={truth.stage}>
      {truth.lossy === null ? (
        <div>
          {truth.sourceEncoding} · {t("truth.lossless")}
        </div>
      ) : (
        <div className={classes["attention"]}>
          ▲ {t("truth.lossy")}
          {truth.lossy.ratio === null ? "" : ` ${short(truth.lossy.ratio)}:1`} {truth.lossy.method}
          {truth.sourceEncoding === truth.lossy.method ? "" : ` (${truth.sourceEncoding})`}
        </div>
      )}
      {truth.keptBecause === null || truth.lossy !== null ? null : <Kept why={truth.keptBecause} />}
      <Stage truth={truth} />
      {truth.decodedByHub ? <div>{t("truth.decodedByHub")}</div> : null}
    </div>
  );
}

function Stage({ truth }: { readonly truth: Truth }): JSX.Element {
  const { t } = useTranslation("reading");
  switch (truth.stage) {
    case "proved":
      return (
        <div className={classes["good"]}>
          ✓ {truth.digestOf === "pixels" ? t("truth.proved") : t("truth.provedBytes")}
        </div>
      );
    case "preview":
      return <div className={classes["attention"]}>◐ {t("truth.preview", { percent: truth.percent })}</div>;
    case "failed":
      return <div className={classes["bad"]}>✕ {t("truth.failed")}</div>;
    case "unproved":
      return <div className={classes["bad"]}>▲ {t("truth.unproved")}</div>;
    case "waiting":
      return <div>○ {t("truth.waiting", { percent: truth.percent })}</div>;
  }
}

function OrientationMarks({ state }: { readonly state: StackViewState }): JSX.Element {
  const { left, right, top, bottom } = state.marks;
  return (
    <>
      <span className={classes["left"]} data-mark="left">
        {left}
      </span>
      <span className={classes["right"]} data-mark="right">
        {right}
      </span>
      <span className={classes["top"]} data-mark="top">
        {top}
      </span>
      <span className={classes["bottom"]} data-mark="bottom">
        {bottom}
      </span>
    </>
  );
}

/** What stands where the picture would be, when there is none. */
function Middle({
  state,
  truth,
  onRetry,
}: {
  readonly state: StackViewState;
  readonly truth: Truth;
  readonly onRetry: () => void;
}): JSX.Element | null {
  const { t } = useTranslation("reading");
  const { failure, detail, retrying } = state.frameView;
  if (failure === "undecodable") {
    return (
      <div className={classes["middle"]} role="alert">
        <div className={classes["bad"]}>{t("failure.undecodable", { encoding: truth.sourceEncoding })}</div>
        {detail === "" ? null : <Kept why={undecodableReason(detail)} />}
      </div>
    );
  }
  if (failure !== null) {
    return (
      <div className={classes["middle"]} role="alert">
        <div className={classes["bad"]}>{t(`failure.${failure}`)}</div>
        {detail === "" ? null : <Behind detail={detail} />}
        <button type="button" className={classes["retry"]} onClick={onRetry}>
          {t("failure.retry")}
        </button>
      </div>
    );
  }
  if (state.drawn) return null;
  return (
    <div className={classes["middle"]}>
      {retrying ? t("waiting.retrying") : t("waiting.image", { number: state.index + 1, percent: truth.percent })}
    </div>
  );
}

/** Why an object is as it came. */
function Kept({ why }: { readonly why: KeptReason }): JSX.Element {
  const { t } = useTranslation("reading");
  return (
    <RecordedWords raw={why.raw}>{t("truth.kept", { why: t(`keptBecause.${why.key}`, why.values) })}</RecordedWords>
  );
}

/** What is known of the cause. */
function Behind({ detail }: { readonly detail: string }): JSX.Element {
  const { t } = useTranslation("reading");
  const { key, values, raw } = failureReason(detail);
  return (
    <div className={classes["roomy"]}>
      <RecordedWords raw={raw}>{t(`failedBecause.${key}`, values)}</RecordedWords>
    </div>
  );
}
