import { memo, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { FinalisationChip } from "@/finalising/FinalisationChip";
import { ThreadMarks } from "@/messages/marks";
import { PriorsChip } from "@/priors/PriorsChip";
import { KindMark } from "@/requests/chips";
import { useSession } from "@/session/api";
import { formatTimeOfDay } from "@/ui/format";
import { ShapeMark } from "@/ui/shapes";
import { AgeSex, DayText, Name } from "@/ui/Written";
import { useNameOfSite } from "@/session/useNameOfSite";
import { AwaitingApproval, DueChip, ImagesChip, PriorityMark, RequestCell, StatusChip, WaitingMark } from "./chips";
import { isBlocked } from "./model";
import { Performed } from "./Performed";
import classes from "./Worklist.module.css";

export interface RowProps {
  readonly item: WorklistItem;
  readonly index: number;
  readonly top: number;
  readonly chosen: boolean;
  readonly now: number;
  readonly readyIn: number | null;
  readonly onChoose: (item: WorklistItem) => void;
  readonly onOpen: (item: WorklistItem) => void;
}

export const Row = memo(function Row({
  item,
  index,
  top,
  chosen,
  now,
  readyIn,
  onChoose,
  onOpen,
}: RowProps): JSX.Element {
  const siteName = useNameOfSite()(item.site_id, item.site_name);
  return (
    // The keyboard is the grid's (aria-activedescendant); a row only takes the mouse.
    <div
      id={`row-${item.worklist_item_id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes["row"]}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(item)}
      onDoubleClick={() => onOpen(item)}
    >
      <div role="gridcell" className={classes["due"]}>
        {item.waiting === null ? (
          <>
            <DueChip item={item} now={now} />
            <PriorityMark priority={item.priority} />
          </>
        ) : (
          <WaitingMark item={item} now={now} short />
        )}
      </div>
      <div role="gridcell" className={classes["patient"]}>
        <Name name={item.patient_name} />
        <span className={classes["quiet"]}>
          <AgeSex birth={item.patient_birth_date} on={item.study_date} sex={item.patient_sex} />
        </span>
        <ThreadMarks item={item} />
      </div>
      <div role="gridcell" className={classes["study"]}>
        <DayText value={item.study_date} short />{" "}
        <span className={classes["quiet"]}>{formatTimeOfDay(item.study_time)}</span>
      </div>
      <div role="gridcell" className={classes["modality"]}>
        {item.modalities.join(" ")} <KindMark kind={item.request_kind} short />
      </div>
      <div role="gridcell" className={classes["site"]} title={siteName}>
        {siteName}
      </div>
      <div role="gridcell" className={classes["images"]}>
        <ImagesChip item={item} readyIn={readyIn} /> <FinalisationChip item={item} /> <Performed item={item} />{" "}
        <span className={classes["priorsChip"]}>
          <PriorsChip item={item} />
        </span>
      </div>
      <div role="gridcell" className={classes["request"]}>
        <RequestCell item={item} />
      </div>
      <div role="gridcell" className={classes["status"]}>
        {item.awaiting_approval && !isBlocked(item) ? (
          <AwaitingApproval />
        ) : (
          <StatusChip status={item.status} blocked={isBlocked(item)} />
        )}
      </div>
      <div role="gridcell" className={classes["reader"]}>
        <HolderText item={item} />
      </div>
    </div>
  );
});

/** Who has the case in hand; two people never write one report. */
export function HolderText({ item }: { readonly item: WorklistItem }): JSX.Element | null {
  const { t } = useTranslation(["worklist", "working"]);
  const { session } = useSession();
  if (!item.locked_by) {
    const role = item.my_role;
    return role === null || role === "sole" ? null : (
      <span className={classes["quiet"]}>{t(`working:role.${role}`)}</span>
    );
  }
  const mine = item.locked_by.person_id === session.person.person_id;
  return (
    <span className={classes["holder"]} data-mine={mine} title={item.locked_by.display_name}>
      <ShapeMark shape="lock" />
      <span>{mine ? t("held_by_me") : item.locked_by.display_name}</span>
    </span>
  );
}
