import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type JSX, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { WorklistItem } from "@/api/types";
import { composes } from "@/ui/composing";
import { move, SORT_KEYS, type Sort, type SortKey } from "./model";
import { Row } from "./Row";
import classes from "./Worklist.module.css";

export interface TableProps {
  readonly items: readonly WorklistItem[];
  readonly chosenId: string | null;
  readonly sort: Sort;
  readonly now: number;
  readonly readyIn: (item: WorklistItem) => number | null;
  readonly onSort: (sort: Sort) => void;
  readonly onChoose: (item: WorklistItem) => void;
  readonly onOpen: (item: WorklistItem) => void;
}

const ROW = 32;
export const rowId = (item: WorklistItem): string => `row-${item.worklist_item_id}`;

/** The list: only the rows in sight are in the page; the keyboard walks through all of them. */
export function Table(props: TableProps): JSX.Element {
  const { items, chosenId, onChoose, onOpen } = props;
  const { t } = useTranslation("worklist");
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only, never memoised
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
  });
  const at = items.findIndex(({ worklist_item_id }) => worklist_item_id === chosenId);
  const chosen = items[at];

  useEffect(() => scroller.current?.focus({ preventScroll: true }), []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (composes(event.nativeEvent) || event.target !== event.currentTarget) return;
    if (event.key === "Enter" && chosen) {
      event.preventDefault();
      onOpen(chosen);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / ROW) - 2);
    const next = move(event.key, at, items.length, page);
    const item = next === null ? undefined : items[next];
    if (next === null || item === undefined) return;
    event.preventDefault();
    onChoose(item);
    rows.scrollToIndex(next);
  };

  return (
    <div
      ref={scroller}
      className={classes["grid"]}
      role="grid"
      tabIndex={0}
      aria-label={t("title")}
      aria-rowcount={items.length + 1}
      aria-activedescendant={chosen ? rowId(chosen) : undefined}
      onKeyDown={onKeyDown}
    >
      <Head sort={props.sort} onSort={props.onSort} />
      <div role="rowgroup" className={classes["body"]} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          return (
            item && (
              <Row
                key={item.worklist_item_id}
                item={item}
                index={index}
                top={start}
                chosen={index === at}
                now={props.now}
                readyIn={props.readyIn(item)}
                onChoose={onChoose}
                onOpen={onOpen}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Head({ sort, onSort }: Pick<TableProps, "sort" | "onSort">): JSX.Element {
  const { t } = useTranslation("worklist");
  const orderOf = (key: SortKey): "ascending" | "descending" | "none" =>
    key === sort.key ? (sort.descending ? "descending" : "ascending") : "none";
  return (
    <div role="rowgroup" className={classes["head"]}>
      <div role="row" aria-rowindex={1} className={classes["row"]}>
        {SORT_KEYS.map((key) => (
          <div key={key} role="columnheader" aria-sort={orderOf(key)} className={classes[key]}>
            <button
              type="button"
              tabIndex={-1}
              onClick={() => onSort({ key, descending: sort.key === key && !sort.descending })}
            >
              {t(`column.${key}`)}
              <span aria-hidden="true" className={classes["order"]} data-order={orderOf(key)} />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
