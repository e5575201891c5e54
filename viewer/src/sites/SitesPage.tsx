import { Button, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { SiteLine } from "@/api/types";
import { Table } from "@/rights/Table";
import { useMayInCentre } from "@/session/api";
import { Chip } from "@/ui/Chip";
import { Dialog } from "@/ui/Dialog";
import { Page } from "@/ui/Page";
import { Empty, Failed, FailedLine, LoadingRows } from "@/ui/States";
import { useCount } from "@/ui/Written";
import { useAddSite, useSites } from "./api";
import { StandingChip, Term, useSiteName } from "./marks";
import classes from "./Sites.module.css";

/** The register of hospitals: what is set, what is missing, and whether anything may be asked for (JRS-03, JRS-06). */
export default function SitesPage(): JSX.Element {
  const { t } = useTranslation("sites");
  const inCentre = useMayInCentre();
  const query = useSites();
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      aside={inCentre("administer") && <Button onClick={() => setAdding(true)}>{t("add.title")}</Button>}
    >
      {query.data === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={4} />
        )
      ) : query.data.length === 0 ? (
        <Empty title={t("empty")}>{t("empty_text")}</Empty>
      ) : (
        <Table
          label={t("title")}
          columns={[
            t("column.site"),
            t("column.contract"),
            t("column.term"),
            t("column.standard"),
            t("column.contacts"),
          ]}
        >
          {query.data.map((site) => (
            <Row key={site.site_id} site={site} />
          ))}
        </Table>
      )}
      {adding && <AddSite onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Row({ site }: { readonly site: SiteLine }): JSX.Element {
  const { t } = useTranslation("sites");
  const name = useSiteName();
  const count = useCount();
  const missing = site.standard_missing.length;
  return (
    <tr data-site={site.site_id}>
      <td>
        <Link href={`/hospitals/${encodeURIComponent(site.site_id)}`} className={classes["name"] ?? ""}>
          {name(site.name, site.name_en)}
        </Link>
      </td>
      <td>
        <StandingChip standing={site.standing} />
      </td>
      <td>{site.standing === "none" ? "–" : <Term from={site.valid_from} until={site.valid_until} />}</td>
      <td>
        {missing === 0 ? (
          <Chip tone="good" shape="check">
            {t("standard.whole")}
          </Chip>
        ) : (
          <Chip tone="attention" shape="hollow">
            {t("standard.missing", { number: count(missing) })}
          </Chip>
        )}
      </td>
      <td>
        {site.contacts === 0 ? (
          <Chip tone="attention" shape="hollow">
            {t("contact.nobody")}
          </Chip>
        ) : site.tests_due > 0 ? (
          <Chip tone="attention" shape="triangle">
            {t("contact.tests_due", { number: count(site.tests_due), all: count(site.contacts) })}
          </Chip>
        ) : (
          <Chip tone="good" shape="check">
            {t("contact.all_tested", { number: count(site.contacts) })}
          </Chip>
        )}
      </td>
    </tr>
  );
}

function AddSite({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation("sites");
  const add = useAddSite();
  const [, go] = useLocation();
  const [text, setText] = useState({ site_id: "", name: "", name_en: "" });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    add.mutate(text, { onSuccess: (site) => go(`/hospitals/${encodeURIComponent(site.site_id)}`) });
  };
  return (
    <Dialog title={t("add.title")} closeLabel={t("close")} onClose={onClose}>
      <form onSubmit={submit} className={classes["form"]}>
        {add.error && <FailedLine error={add.error} />}
        <p className={classes["quiet"]}>{t("add.text")}</p>
        <TextInput
          label={t("field.name")}
          value={text.name}
          onChange={(event) => setText({ ...text, name: event.currentTarget.value })}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label={t("field.name_en")}
          value={text.name_en}
          onChange={(event) => setText({ ...text, name_en: event.currentTarget.value })}
        />
        <TextInput
          label={t("field.site_id")}
          description={t("field.site_id_hint")}
          value={text.site_id}
          onChange={(event) => setText({ ...text, site_id: event.currentTarget.value })}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
        />
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            {t("close")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t("add.title")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
