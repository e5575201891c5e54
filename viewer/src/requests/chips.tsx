import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";
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

/** Which kind of reading is asked for (検診, 精査 …), where the hospital says it. */
export function RequestKindChip({ kind }: { readonly kind: ReadingRequest["kind"] }): JSX.Element | null {
  const { t } = useTranslation("sites");
  if (kind === "") return null;
  return (
    <Chip tone="idle" shape="hollow">
      {t(`kind.${kind}`)}
    </Chip>
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
