import { Button } from "@mantine/core";
import { useSyncExternalStore, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { InstantText } from "@/ui/Written";
import type { Bringer, InHand } from "./inHand";
import classes from "./Former.module.css";

export interface FormerProps<T> {
  readonly hand: InHand<T, Bringer<T>>;
  /** All that was typed, as text. */
  readonly wordsOf: (typed: T) => string;
}

/** What was typed on this computer before: that it stands here again, or that it waits beside newer words. */
export function Former<T>({ hand, wordsOf }: FormerProps<T>): ReactNode {
  const { t } = useTranslation("outage");
  const former = useSyncExternalStore(hand.subscribe, hand.former);
  if (former === null) return null;
  const { place, typed } = former;
  const at = <InstantText value={new Date(typed.at).toISOString()} seconds />;
  if (place === "back") {
    return (
      <div className={classes["notice"]} role="status" data-brought-back="">
        <p>
          {t("brought_back")} {at}
        </p>
      </div>
    );
  }
  return (
    <div className={classes["notice"]} role="alert" data-beside="">
      <p>
        {t("beside.text")} {at}
      </p>
      <pre className={classes["words"]} tabIndex={0}>
        {wordsOf(typed.value)}
      </pre>
      <div className={classes["buttons"]}>
        <Button size="xs" variant="default" onClick={() => hand.exchange()}>
          {t("beside.exchange")}
        </Button>
        <Button size="xs" variant="default" onClick={() => hand.forgetFormer()}>
          {t("left.remove")}
        </Button>
      </div>
    </div>
  );
}
