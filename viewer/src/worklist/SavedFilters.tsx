import { Button, Menu, TextInput } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Dialog } from "@/ui/Dialog";
import { FailedLine } from "@/ui/States";
import { keptOf, useFilters, useForgetFilter, useKeepFilter, type Kept } from "./filters";
import classes from "./Worklist.module.css";

export interface SavedFiltersProps extends Kept {
  readonly onChoose: (kept: Kept) => void;
}

/** One's own ways of looking at the list: chosen, kept, forgotten. */
export function SavedFilters({ onChoose, ...shown }: SavedFiltersProps): JSX.Element {
  const { t } = useTranslation("working");
  const [, go] = useLocation();
  const filters = useFilters();
  const forget = useForgetFilter();
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="default">
            {t("filter.saved")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(filters.data ?? []).map((one) => (
            <Menu.Item
              key={one.filter_id}
              onClick={() => {
                const kept = keptOf(one);
                onChoose(kept);
                go(`/worklist?view=${kept.view}`);
              }}
            >
              {one.name}
            </Menu.Item>
          ))}
          {(filters.data ?? []).length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => setNaming(true)}>{t("filter.save")}</Menu.Item>
          {(filters.data ?? []).map((one) => (
            <Menu.Item key={one.filter_id} color="red" onClick={() => forget.mutate(one.filter_id)}>
              {t("filter.delete", { name: one.name })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {filters.error && <FailedLine error={filters.error} />}
      {forget.error && <FailedLine error={forget.error} />}
      {naming && <NameDialog kept={shown} onClose={() => setNaming(false)} />}
    </>
  );
}

function NameDialog({ kept, onClose }: { readonly kept: Kept; readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("working");
  const keep = useKeepFilter();
  const [name, setName] = useState("");
  const said = name.trim();
  return (
    <Dialog title={t("filter.save")} closeLabel={t("cancel")} onClose={onClose} held={keep.isPending}>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (said) keep.mutate({ name: said, kept }, { onSuccess: onClose });
        }}
      >
        <TextInput
          label={t("filter.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={60}
          required
          data-autofocus
        />
        <p className={classes["none"]}>{t("filter.hint")}</p>
        {keep.error && <FailedLine error={keep.error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose} disabled={keep.isPending}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={keep.isPending} disabled={!said}>
            {t("filter.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
