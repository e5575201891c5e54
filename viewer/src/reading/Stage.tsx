import { useEffect, useRef, type Dispatch, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { FrameStore } from "@/images/store";
import { Empty } from "@/ui/States";
import { startEngine } from "@/viewports/engine";
import type { Identity } from "@/viewports/Overlay";
import { Pane } from "@/viewports/Pane";
import type { Pace } from "./cine";
import { FollowWords } from "./FollowWords";
import { PaceWords } from "./PaceWords";
import classes from "./ReadingRoom.module.css";
import type { Change, Room } from "./room";
import type { Views } from "./views";

export interface StageProps {
  readonly room: Room;
  readonly change: Dispatch<Change>;
  readonly views: Views;
  readonly store: FrameStore;
  readonly identity: Identity;
  /** Of the active viewport. */
  readonly pace: Pace | null;
}

/** The grid of viewports. A viewport that is enlarged covers the others, which stay as they are. */
export function Stage({ room, change, views, store, identity, pace }: StageProps): JSX.Element {
  const { t } = useTranslation("reading");
  const box = useRef<HTMLDivElement>(null);
  const { arrangement, enlarged } = room;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      startEngine().resize(true, true);
      views.resized();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [views]);
  useEffect(() => {
    startEngine().resize(true, true);
    views.resized();
  }, [views, enlarged, arrangement]);

  const grid =
    enlarged === null
      ? {
          gridTemplateRows: `repeat(${arrangement.rows}, minmax(0, 1fr))`,
          gridTemplateColumns: `repeat(${arrangement.columns}, minmax(0, 1fr))`,
        }
      : { gridTemplateRows: "minmax(0, 1fr)", gridTemplateColumns: "minmax(0, 1fr)" };
  return (
    <div ref={box} className={classes["stage"]} style={grid} data-enlarged={enlarged ?? undefined}>
      {arrangement.cells.length === 0 ? <Empty title={t("noImages")} /> : null}
      {arrangement.cells.map((cell, index) => (
        <div
          key={`${index} ${cell.stack?.id ?? ""}`}
          className={classes["cell"]}
          data-away={(enlarged !== null && enlarged !== index) || undefined}
        >
          <Pane
            id={`pane-${index}`}
            cell={cell}
            store={store}
            identity={identity}
            active={index === room.active}
            textHidden={room.textHidden}
            cine={index === room.active && pace !== null ? <PaceWords pace={pace} /> : null}
            follows={<FollowWords following={views.following} cell={index} />}
            tool={room.tool}
            onActivate={() => change({ type: "activate", cell: index })}
            onEnlarge={() => change({ type: "enlarge", cell: index })}
            onView={(view) => views.set(index, view)}
          />
        </div>
      ))}
    </div>
  );
}
