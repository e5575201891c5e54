import { Menu } from "@mantine/core";
import { useEffect, useRef, useSyncExternalStore, type Dispatch, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { DisplayChip } from "@/display/DisplayChip";
import { FinalisationChip } from "@/finalising/FinalisationChip";
import type { FrameStore } from "@/images/store";
import type { VoiChoice } from "@/images/frame";
import { Badge } from "@/messages/marks";
import { writeName } from "@/ui/format";
import { PatientId } from "@/ui/PatientId";
import { useWorklistItem } from "@/worklist/api";
import { useInEvaluation } from "@/ui/useStanding";
import { subscribeLosses, withoutGraphics } from "@/viewports/engine";
import type { Tool } from "@/viewports/pointer";
import { choosePreset, LAYOUTS, PRESETS } from "./commands";
import type { Documents } from "./documents";
import { IconMark } from "./icons";
import type { Command } from "./keys";
import { LedgerMark } from "./LedgerMark";
import { LinkButtons } from "./LinkButtons";
import { keyOf, Press } from "./Press";
import type { Change, Room } from "./room";
import type { Seen } from "./seen";
import classes from "./TopStrip.module.css";
import type { OpenCase } from "./useCase";
import type { Views } from "./views";

export interface TopStripProps {
  readonly opened: OpenCase;
  /** Brings what has arrived since. */
  readonly onRefresh: () => void;
  readonly store: FrameStore;
  readonly views: Views;
  readonly seen: Seen;
  readonly documents: Documents;
  readonly room: Room;
  readonly change: Dispatch<Change>;
  readonly act: (command: Command) => void;
  /** What became of the wish for another case; empty where there was none. */
  readonly besides: string;
}

/** The narrow strip over the images: whose case, what of it is here, how it hangs, what the mouse does. */
export function TopStrip(props: TopStripProps): JSX.Element {
  const { opened, store, views, seen, room, change, act } = props;
  const { patient, study_description: description } = opened.current.images;
  const name = writeName(patient.patient_name);
  const { t } = useTranslation("reading");
  return (
    <header className={classes["strip"]} onMouseDown={keepFocus}>
      <Press icon="back" command="worklist" act={act} />
      <div className={classes["case"]}>
        <h1 title={name.main}>{name.main || t("withoutName")}</h1>
        <PatientId id={patient.patient_id || t("withoutId")} />
        <span title={description}>{description}</span>
      </div>
      <p className={classes["beside"]} role="status" title={props.besides || undefined}>
        {props.besides}
      </p>
      <LedgerMark opened={opened} store={store} seen={seen} documents={props.documents} onRefresh={props.onRefresh} />
      <DisplayChip itemId={opened.item.worklist_item_id} />
      <GraphicsLost />
      <NotForDiagnosis />
      <Unfinalised itemId={opened.item.worklist_item_id} />
      <Steps opened={opened} room={room} change={change} />
      <div className={classes["tools"]}>
        <ToolButtons room={room} act={act} />
        <Presets views={views} room={room} />
        <span className={classes["group"]}>
          <Press icon="invert" command="invert" act={act} />
          <Press icon="flip" command="flip" act={act} />
          <Press icon="rotate" command="rotate" act={act} />
          <Press icon="fit" command="fit" act={act} />
          <Press icon="reset" command="reset" act={act} />
          <Press icon={room.cine ? "stop" : "play"} command="cine" act={act} pressed={room.cine} />
        </span>
        <LinkButtons following={views.following} links={room.links} act={act} />
        <Layouts act={act} />
        <Press icon="help" command="help" act={act} />
        {(opened.item.request_state !== "none" || hasPapers(opened)) && (
          <Press icon="request" command="request" act={act} pressed={room.requestOpen} />
        )}
        <Press icon="messages" command="messages" act={act} pressed={room.messagesOpen}>
          <CaseBadge itemId={opened.item.worklist_item_id} />
        </Press>
        <Press icon="report" command="report" act={act} pressed={room.reportOpen} wide />
      </div>
    </header>
  );
}

/** Stays until the page is loaded anew. */
function GraphicsLost(): JSX.Element {
  const { t } = useTranslation("reading");
  const lost = useSyncExternalStore(subscribeLosses, withoutGraphics);
  const look = lost ? `${classes["evaluation"] ?? ""} ${classes["lost"] ?? ""}` : undefined;
  return (
    <span role="status" className={look} title={lost ? t("graphics.lostLong") : undefined}>
      {lost ? t("graphics.lost") : ""}
    </span>
  );
}

/** Stays until a certification is recorded (OPS-14). */
function NotForDiagnosis(): JSX.Element | null {
  const { t } = useTranslation("ui");
  if (!useInEvaluation()) return null;
  return (
    <span className={classes["evaluation"]} title={t("evaluation.long")} data-evaluation="">
      {t("evaluation.short")}
    </span>
  );
}

/** 依頼票 and the like among the images belong to the request. */
const hasPapers = ({ current }: OpenCase): boolean =>
  current.images.series.some(({ instances }) => instances.some(({ paper }) => paper !== null));

/** No technologist stands for these images yet (REC-09). */
function Unfinalised({ itemId }: { readonly itemId: string }): JSX.Element | null {
  const item = useWorklistItem(itemId).data;
  return item === undefined ? null : <FinalisationChip item={item} framed />;
}

/** A click leaves the keyboard with the images. */
export const keepFocus = (event: { preventDefault(): void }): void => event.preventDefault();

/** How much of this case's thread is unread. */
function CaseBadge({ itemId }: { readonly itemId: string }): JSX.Element {
  return <Badge unread={useWorklistItem(itemId).data?.unread_messages ?? 0} />;
}

const TOOLS: readonly (readonly [Tool, Command])[] = [
  ["window", "toolWindow"],
  ["pan", "toolPan"],
  ["zoom", "toolZoom"],
  ["scroll", "toolScroll"],
  ["length", "toolLength"],
  ["angle", "toolAngle"],
  ["ellipse", "toolEllipse"],
];

function ToolButtons({ room, act }: { readonly room: Room; readonly act: (command: Command) => void }): JSX.Element {
  const { t } = useTranslation("reading");
  return (
    <span className={classes["group"]} role="group" aria-label={t("tool.label")}>
      {TOOLS.map(([tool, command]) => (
        <Press key={tool} icon={tool} command={command} act={act} pressed={room.tool === tool} />
      ))}
    </span>
  );
}

function Steps({ opened, room, change }: Pick<TopStripProps, "opened" | "room" | "change">): JSX.Element {
  const { t } = useTranslation("reading");
  const { steps } = opened.hanging;
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current?.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [room.step, room.own]);
  return (
    <nav className={classes["steps"]} ref={strip}>
      {steps.map((step, index) => (
        <button
          key={`${step.name} ${index}`}
          type="button"
          aria-pressed={!room.own && index === room.step}
          onClick={() => change({ type: "goToStep", step: index })}
        >
          {t(`step.${step.name}`)}
          {sameName(
            steps.map(({ name }) => name),
            index,
          )}
        </button>
      ))}
      {room.own ? (
        <button type="button" aria-pressed="true">
          {t("step.own")}
        </button>
      ) : null}
    </nav>
  );
}

/** The second "Series" is "Series 2". */
function sameName(names: readonly string[], index: number): string {
  const before = names.slice(0, index).filter((name) => name === names[index]).length;
  return names.filter((name) => name === names[index]).length > 1 ? ` ${before + 1}` : "";
}

function Layouts({ act }: Pick<TopStripProps, "act">): JSX.Element {
  const { t } = useTranslation("reading");
  return (
    <Menu transitionProps={{ duration: 0 }} position="bottom-end">
      <Menu.Target>
        <button type="button" className={classes["press"]} aria-label={t("layout")} title={t("layout")}>
          <IconMark icon="layout" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {LAYOUTS.map(([command, rows, columns]) => (
          <Menu.Item key={command} onClick={() => act(command)} rightSection={<kbd>{keyOf(command)}</kbd>}>
            {t("layoutGrid", { rows, columns })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The object's own windows and tables, selectable by their explanation (MAMMO-01). */
function Presets({ views, room }: Pick<TopStripProps, "views" | "room">): JSX.Element {
  const { t } = useTranslation("reading");
  const view = views.at(room.active);
  const state = useSyncExternalStore(view?.subscribe ?? (() => () => undefined), () => view?.state ?? null);
  const name = (choice: VoiChoice): string =>
    choice.kind === "table"
      ? t("preset.table", { name: choice.table.explanation })
      : t("preset.window", { width: choice.width, center: choice.center, name: choice.explanation });
  const offered = state?.frame.voi ?? [];
  return (
    <Menu transitionProps={{ duration: 0 }} disabled={offered.length === 0}>
      <Menu.Target>
        <button type="button" className={classes["press"]} aria-label={t("presets")} title={t("presets")}>
          <IconMark icon="presets" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map((choice, index) => (
          <Menu.Item
            key={index}
            onClick={() => choosePreset(view, index)}
            rightSection={index < PRESETS.length ? <kbd>{index + 1}</kbd> : null}
          >
            {name(choice)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
