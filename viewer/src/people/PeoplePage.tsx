import { Button } from "@mantine/core";
import { useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { useMayInCentre } from "@/session/api";
import { Page } from "@/ui/Page";
import { Empty, Failed, LoadingRows } from "@/ui/States";
import { AddPerson } from "./AddPerson";
import type { EnrolmentLink, ListedPerson } from "@/api/types";
import { OffersWaiting } from "@/rights/CertificateOffers";
import { EndDialog } from "@/rights/EndDialog";
import { ProfileDialog } from "@/rights/ProfileDialog";
import { SubstituteDialog } from "@/rights/SubstituteDialog";
import { usePeople } from "./api";
import { LinkDialog } from "./LinkDialog";
import { PeopleTable, type More } from "./PeopleTable";
import { RolesDialog } from "./RolesDialog";

export interface LinkFor {
  readonly name: string;
  readonly link: EnrolmentLink;
}

/** Who may do what, where; every account is one person's (AUTH-01). */
export default function PeoplePage(): JSX.Element {
  const { t } = useTranslation("people");
  const inCentre = useMayInCentre();
  const query = usePeople();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<LinkFor | null>(null);
  const [rolesOf, setRolesOf] = useState<string | null>(null);
  const [more, setMore] = useState<{ readonly personId: string; readonly what: More } | null>(null);
  const known = (personId: string | undefined | null): ListedPerson | undefined =>
    query.data?.find(({ person_id }) => person_id === personId);
  const person = known(rolesOf);
  const other = known(more?.personId);
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      aside={inCentre("administer") && <Button onClick={() => setAdding(true)}>{t("add")}</Button>}
    >
      {query.data === undefined ? (
        query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows rows={6} />
        )
      ) : query.data.length === 0 ? (
        <Empty title={t("empty")}>{t("empty_text")}</Empty>
      ) : (
        <>
          <OffersWaiting people={query.data} onOpen={(personId) => setMore({ personId, what: "profile" })} />
          <PeopleTable
            people={query.data}
            onLink={setLink}
            onRoles={setRolesOf}
            onMore={(personId, what) => setMore({ personId, what })}
          />
        </>
      )}
      {adding && (
        <AddPerson
          onClose={() => setAdding(false)}
          onAdded={(added) => {
            setAdding(false);
            setLink(added);
          }}
        />
      )}
      {person && <RolesDialog person={person} onClose={() => setRolesOf(null)} />}
      {other && more?.what === "profile" && <ProfileDialog person={other} onClose={() => setMore(null)} />}
      {other && more?.what === "end" && <EndDialog person={other} onClose={() => setMore(null)} />}
      {other && more?.what === "substitute" && <SubstituteDialog person={other} onClose={() => setMore(null)} />}
      {link && <LinkDialog {...link} onClose={() => setLink(null)} />}
    </Page>
  );
}
