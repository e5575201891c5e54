import { Button, Menu } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import type { AuditLine } from "@/api/types";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { exportAddress, useAuditState, useEntries } from "./api";
import classes from "./Audit.module.css";
import { EntryDrawer } from "./EntryDrawer";
import { EntryTable } from "./EntryTable";
import { FilterBar } from "./FilterBar";
import { addressOf, filtersOf, type Filters } from "./filters";
import { Frame } from "./Frame";
import { StateStrip } from "./StateStrip";

/** Who saw what of whom, the newest first. */
export default function AuditPage(): JSX.Element {
  const { t } = useTranslation("audit");
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const filters = filtersOf(search);
  const entries = useEntries(filters);
  const state = useAuditState();
  const [opened, setOpened] = useState<AuditLine | null>(null);
  const ask = (wanted: Filters): void => navigate(addressOf(wanted));
  const lines = entries.data?.pages.flatMap((page) => page.lines);
  return (
    <Frame title={t("title")} aside={<Export filters={filters} />}>
      {state.data && <StateStrip state={state.data} />}
      <FilterBar filters={filters} onChange={ask} />
      {lines === undefined ? (
        entries.error ? (
          <Failed error={entries.error} onRetry={() => void entries.refetch()} />
        ) : (
          <LoadingRows rows={14} />
        )
      ) : lines.length === 0 ? (
        <Empty title={t("empty")}>{t("empty_text")}</Empty>
      ) : (
        <EntryTable lines={lines} onOpen={setOpened} />
      )}
      {entries.hasNextPage && (
        <div className={classes["more"]}>
          <Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      )}
      {opened && (
        <EntryDrawer
          key={opened.sequence}
          line={opened}
          onClose={() => setOpened(null)}
          onFilter={(part) => {
            setOpened(null);
            ask({ ...filters, ...part });
          }}
        />
      )}
    </Frame>
  );
}

/** What is listed, as an inspection wants it; taking it is on record. */
function Export({ filters }: { readonly filters: Filters }): JSX.Element {
  const { t } = useTranslation("audit");
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false}>
      <Menu.Target>
        <Button size="xs" variant="default">
          {t("export.open")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={exportAddress(filters, "utf-8")} download>
          {t("export.utf8")}
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(filters, "shift_jis")} download>
          {t("export.shift_jis")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
