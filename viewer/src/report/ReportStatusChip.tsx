import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Chip, type Tone } from "@/ui/Chip";
import type { Shape } from "@/ui/shapes";

export const REPORT_STATUSES = ["draft", "preliminary", "final", "amended", "withdrawn"] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

const LOOKS: Record<ReportStatus, { readonly tone: Tone; readonly shape: Shape }> = {
  draft: { tone: "idle", shape: "dashed" },
  preliminary: { tone: "attention", shape: "half" },
  final: { tone: "active", shape: "check" },
  amended: { tone: "active", shape: "check" },
  withdrawn: { tone: "danger", shape: "slash" },
};

export function knownStatus(status: string | null | undefined): ReportStatus {
  return REPORT_STATUSES.find((known) => known === status) ?? "draft";
}

export interface ReportStatusProps {
  readonly status: string | null | undefined;
  readonly framed?: boolean;
}

export function ReportStatusChip({ status, framed = false }: ReportStatusProps): JSX.Element {
  const { t } = useTranslation("report");
  const known = knownStatus(status);
  return (
    <Chip {...LOOKS[known]} framed={framed}>
      {t(`status.${known}`)}
    </Chip>
  );
}
