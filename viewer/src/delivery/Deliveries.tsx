import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReportDelivery } from "@/api/types";
import { Chip, type ChipProps } from "@/ui/Chip";
import { RecordedWords } from "@/ui/RecordedWords";
import { InstantText, useCount } from "@/ui/Written";
import classes from "./Deliveries.module.css";
import { OUTLETS, PLACE_STATES, type PlaceState } from "./model";
import { useFresh } from "./useFresh";

const KINDS = ["sr", "pdf"] as const;
const MARKS: Readonly<Record<PlaceState, Pick<ChipProps, "tone" | "shape">>> = {
  stored: { tone: "active", shape: "full" },
  accepted: { tone: "idle", shape: "half" },
  committed: { tone: "active", shape: "check" },
  "not-offered": { tone: "active", shape: "full" },
  "not-committed": { tone: "attention", shape: "triangle" },
  refused: { tone: "attention", shape: "triangle" },
};

interface DeliveriesProps {
  readonly itemId: string;
  readonly deliveries: readonly ReportDelivery[];
}

/** Each object of the latest version, and how every one of the hospital's systems stands with it. */
export function Deliveries({ itemId, deliveries }: DeliveriesProps): JSX.Element {
  const { t } = useTranslation("delivery");
  useFresh(itemId, deliveries);
  const count = useCount();
  return (
    <ul className={classes["deliveries"]} aria-label={t("title")}>
      {deliveries.map((delivery) => (
        <li key={delivery.sop_instance_uid}>
          <span>
            {t(`kind.${KINDS.find((kind) => kind === delivery.kind) ?? "other"}`)}
            {delivery.stamps > 0 && <small>{t("renewed", { number: count(delivery.stamps) })}</small>}
          </span>
          <Places delivery={delivery} />
        </li>
      ))}
    </ul>
  );
}

/** A gateway that tells nothing of places yet has told of the whole. */
function Places({ delivery }: { readonly delivery: ReportDelivery }): JSX.Element {
  const { t } = useTranslation("delivery");
  if (delivery.places.length > 0) {
    return (
      <ul>
        {delivery.places.map((place) => (
          <Place key={place.outlet} place={place} />
        ))}
      </ul>
    );
  }
  const { delivered_at: at, error } = delivery;
  const word = at !== null ? t("arrived") : error === "" ? t("waiting") : t("state.refused");
  return (
    <span className={classes["place"]}>
      <Chip {...(at !== null ? MARKS.stored : error === "" ? { tone: "idle", shape: "dashed" } : MARKS.refused)}>
        {error === "" || at !== null ? word : <RecordedWords raw={error}>{word}</RecordedWords>}
      </Chip>
      {at !== null && <InstantText value={at} />}
    </span>
  );
}

function Place({ place }: { readonly place: ReportDelivery["places"][number] }): JSX.Element {
  const { t } = useTranslation("delivery");
  const state = PLACE_STATES.find((known) => known === place.state) ?? "refused";
  const outlet = OUTLETS.find((known) => known === place.outlet);
  const word = t(`state.${state}`);
  return (
    <li className={classes["place"]}>
      <span title={place.destination}>{outlet === undefined ? place.outlet : t(`outlet.${outlet}`)}</span>
      <Chip {...MARKS[state]}>
        {place.reason === "" ? word : <RecordedWords raw={place.reason}>{word}</RecordedWords>}
      </Chip>
      <InstantText value={place.at} />
    </li>
  );
}
