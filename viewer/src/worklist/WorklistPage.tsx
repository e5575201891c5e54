import { TextInput } from "@mantine/core";
import { useEffect, useMemo, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import type { WorklistItem } from "@/api/types";
import { LineStrip } from "@/line/LineStrip";
import { OpenCommunications } from "@/outcomes/OpenCommunications";
import { useSession } from "@/session/api";
import { useHubNow } from "@/ui/clock";
import { Live } from "@/ui/Live";
import { Shell } from "@/ui/Shell";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { Titled } from "@/ui/Titled";
import { useTyped } from "@/ui/useTyped";
import { useCount } from "@/ui/Written";
import tabs from "@/ui/Tabs.module.css";
import { STALE_AFTER, useOlder, useWorklist } from "./api";
import { countViews, EVERYTHING, isView, listed, narrowed, VIEWS, type Narrowing, type Sort, type View } from "./model";
import { Narrow } from "./Narrow";
import { Older } from "./Older";
import { foundIn, withOlder } from "./older";
import { rememberList } from "./neighbours";
import { Preview } from "./Preview";
import { SavedFilters } from "./SavedFilters";
import { Table } from "./Table";
import { useOpen } from "./useOpen";
import classes from "./Worklist.module.css";

const NOTHING: readonly WorklistItem[] = [];

/** What waits, what is due first, who has it in hand; one key opens the next case. */
export default function WorklistPage(): JSX.Element {
  const { t } = useTranslation("worklist");
  const { session } = useSession();
  const query = useWorklist();
  const [search] = useSearchParams();
  const [sort, setSort] = useState<Sort>({ key: "due", descending: false });
  const [text, setText] = useState("");
  const [narrowing, setNarrowing] = useState<Narrowing>(EVERYTHING);
  const [wantedId, setWantedId] = useState<string | null>(null);
  const open = useOpen();
  const now = useHubNow(15_000);

  const asked = search.get("view");
  const view: View = isView(asked) ? asked : "to_read";
  const live = query.data?.items ?? NOTHING;
  const { typed, enough, still } = useTyped(text);
  const older = useOlder(typed, enough).data;
  const also = useMemo(() => (still ? foundIn(older) : undefined), [older, still]);
  const all = useMemo(() => withOlder(live, also && older), [also, live, older]);
  const personId = session.person.person_id;
  const counts = useMemo(() => countViews(narrowed(live, narrowing), personId), [live, narrowing, personId]);
  const choice = useMemo(
    () => ({ view, text, sort, narrowing, ...(also && { also }) }),
    [also, narrowing, sort, text, view],
  );
  const shown = useMemo(() => listed(all, choice, personId), [all, choice, personId]);
  useEffect(() => rememberList(choice), [choice]);
  const readyIn = (item: WorklistItem): number | null => query.data?.readyIn[item.worklist_item_id] ?? null;
  const chosen = shown.find(({ worklist_item_id }) => worklist_item_id === wantedId) ?? shown[0] ?? null;

  return (
    <Shell>
      <Titled title={t("title")} />
      <h1 className="visually-hidden">{t("title")}</h1>
      <div className={classes["page"]}>
        <div className={classes["tools"]}>
          <Views view={view} counts={query.data && counts} />
          <div className={classes["finding"]}>
            <Live updatedAt={query.dataUpdatedAt} staleAfter={STALE_AFTER} failed={query.isRefetchError} />
            <Narrow items={all} narrowing={narrowing} onNarrow={setNarrowing} />
            <SavedFilters
              view={view}
              narrowing={narrowing}
              sort={sort}
              onChoose={(kept) => {
                setNarrowing(kept.narrowing);
                setSort(kept.sort);
              }}
            />
            <TextInput
              className={classes["search"] ?? ""}
              size="xs"
              type="search"
              aria-label={t("search")}
              placeholder={t("search")}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          </div>
        </div>
        <OpenCommunications />
        <div className={classes["middle"]}>
          <div className={classes["list"]}>
            {query.data === undefined ? (
              query.error ? (
                <Failed error={query.error} onRetry={() => void query.refetch()} />
              ) : (
                <LoadingRows rows={14} />
              )
            ) : shown.length === 0 ? (
              <Nothing view={view} text={text} />
            ) : (
              <Table
                items={shown}
                chosenId={chosen?.worklist_item_id ?? null}
                sort={sort}
                now={now}
                readyIn={readyIn}
                onSort={setSort}
                onChoose={(item) => setWantedId(item.worklist_item_id)}
                onOpen={open.open}
              />
            )}
            <Older choice={choice} items={all} />
          </div>
          <aside className={classes["preview"]} aria-label={t("preview.label")}>
            <LineStrip item={chosen} />
            {chosen ? (
              <Preview key={chosen.worklist_item_id} item={chosen} now={now} readyIn={readyIn(chosen)} open={open} />
            ) : (
              <p className={classes["none"]}>{t("preview.nothing")}</p>
            )}
          </aside>
        </div>
      </div>
    </Shell>
  );
}

function Views({
  view,
  counts,
}: {
  readonly view: View;
  /** Nothing is said of how many there are before the list is here. */
  readonly counts: Readonly<Record<View, number>> | undefined;
}): JSX.Element {
  const { t } = useTranslation("worklist");
  const count = useCount();
  return (
    <nav aria-label={t("views")} className={`${tabs["tabs"] ?? ""} ${classes["views"] ?? ""}`}>
      {VIEWS.map((name) => (
        <Link key={name} href={`/worklist?view=${name}`} aria-current={name === view ? "page" : undefined}>
          {t(`view.${name}`)}
          <span
            className={tabs["count"]}
            data-alarm={(name === "attention" || name === "waiting") && (counts?.[name] ?? 0) > 0}
          >
            {count(counts?.[name])}
          </span>
        </Link>
      ))}
    </nav>
  );
}

function Nothing({ view, text }: { readonly view: View; readonly text: string }): JSX.Element {
  const { t } = useTranslation("worklist");
  if (text.trim()) return <Empty title={t("empty.search", { text })}>{t("empty.search_text")}</Empty>;
  return (
    <Empty title={t(`empty.${view}`)} shape={view === "attention" ? "full" : "hollow"}>
      {t(`empty.${view}_text`)}
    </Empty>
  );
}
