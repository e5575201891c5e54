import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip } from "./Chip";
import { useNow } from "./clock";
import { formatClock } from "./format";

export interface LiveProps {
  /** When the last answer came, by this browser's clock in milliseconds. */
  readonly updatedAt: number;
  readonly staleAfter: number;
  readonly failed: boolean;
}

/** Says whether what stands here still follows the hub. */
export function Live({ updatedAt, staleAfter, failed }: LiveProps): JSX.Element | null {
  const { t } = useTranslation("ui");
  const now = useNow(1000);
  if (updatedAt === 0) return null;
  const stale = failed && now - updatedAt > staleAfter;
  if (!stale) {
    return (
      <Chip tone="idle" shape="full">
        {t("live.fresh")}
      </Chip>
    );
  }
  return (
    <Chip tone="danger" shape="stop">
      {t("live.stale", { clock: formatClock(new Date(updatedAt), { seconds: true }) })}
    </Chip>
  );
}
