import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
import classes from "./Requests.module.css";
import type { ReadingRequest, RequestPriority, RequestState } from "./shapes";

const STATES: Readonly<Record<RequestState, { readonly tone: Tone; readonly shape: Shape }>> = {
  waiting: { tone: "idle", shape: "dashed" },
  proposed: { tone: "attention", shape: "half" },
  mismatch: { tone: "danger", shape: "stop" },
  matched: { tone: "active", shape: "full" },
  canceled: { tone: "idle", shape: "slash" },
};

/** Where a request stands: a word, a shape and a colour. */
export function RequestStateChip({
  state,
  framed = false,
}: {
  readonly state: RequestState;
  readonly framed?: boolean;
}): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <Chip {...STATES[state]} framed={framed}>
      {t(`state.${state}`)}
    </Chip>
  );
}

interface KindMarkProps {
  readonly kind: ReadingRequest["kind"];
  /** One word beside the modality, the whole as its title. */
  readonly short?: boolean;
}

/** Which kind of reading is asked for (検診, 診断 …); no state, and so no shape of one. Nothing where nobody said. */
export function KindMark({ kind, short = false }: KindMarkProps): JSX.Element | null {
  const { t } = useTranslation(["sites", "worklist"]);
  if (kind === "") return null;
  const whole = t(`sites:kind.${kind}`);
  return (
    <span className={classes["kind"]} data-kind={kind} title={short ? whole : undefined}>
      {short ? t(`worklist:kind.${kind}`) : whole}
    </span>
  );
}

/** Only what is more urgent than usual is said. */
export function RequestPriorityChip({ priority }: { readonly priority: RequestPriority }): JSX.Element | null {
  const { t } = useTranslation("requests");
  if (priority === "routine") return null;
  return (
    <Chip tone="attention" shape="triangle">
      {t(`priority.${priority}`)}
    </Chip>
  );
}
