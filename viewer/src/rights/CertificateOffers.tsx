import { Button } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ListedPerson } from "@/api/types";
import { useCount } from "@/ui/Written";
import { useCertificateOffers } from "./api";
import classes from "./Rights.module.css";

/** On the way to the people: how many certificates wait for an administrator. */
export function OffersBadge(): JSX.Element | null {
  const { t } = useTranslation("certificates");
  const count = useCount();
  const waiting = useCertificateOffers().data?.length ?? 0;
  if (waiting === 0) return null;
  const number = count(waiting);
  return (
    <span className={classes["badge"]} role="img" aria-label={t("offers.badge", { number })}>
      {number}
    </span>
  );
}

export interface OffersWaitingProps {
  readonly people: readonly ListedPerson[];
  readonly onOpen: (personId: string) => void;
}

/** Above the list: whose certificates they are, and the way to each. */
export function OffersWaiting({ people, onOpen }: OffersWaitingProps): JSX.Element | null {
  const { t } = useTranslation("certificates");
  const offers = useCertificateOffers().data ?? [];
  const whose = people.filter(({ person_id }) => offers.some((offer) => offer.person_id === person_id));
  if (whose.length === 0) return null;
  return (
    <p className={classes["waiting"]}>
      {t("offers.waiting")}
      {whose.map(({ person_id, display_name }) => (
        <Button key={person_id} size="compact-sm" variant="default" onClick={() => onOpen(person_id)}>
          {display_name}
        </Button>
      ))}
    </p>
  );
}
