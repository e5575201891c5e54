import { useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { LinkKind } from "@/viewports/link";
import type { Following, Links } from "./following";
import type { Command } from "./keys";
import { Press } from "./Press";
import classes from "./TopStrip.module.css";

export interface LinkButtonsProps {
  readonly following: Following;
  readonly links: Links;
  readonly act: (command: Command) => void;
}

/** What moves together, and by what; a button for each that links and unlinks. */
export function LinkButtons({ following, links, act }: LinkButtonsProps): JSX.Element {
  const { t } = useTranslation("linking");
  const kinds = useSyncExternalStore(following.subscribe, following.kinds);
  const linked = kinds === "" ? [] : kinds.split(" ").map((kind) => t(`short.${kind as LinkKind}`));
  const words = linked.length > 0 ? linked : [links.scroll === "off" ? t("off") : t("none")];
  const said = words.map((word, at) => (at < words.length - 1 ? `${word}${t("and")} ` : word));
  return (
    <span className={classes["group"]} role="group" aria-label={t("label")} data-linked={kinds || undefined}>
      <Press
        icon="linkScroll"
        command="linkScroll"
        act={act}
        pressed={kinds !== ""}
        tip={t("tip")}
        said={said.join("")}
      >
        <span className={classes["linked"]}>
          {said.map((word) => (
            <span key={word}>{word}</span>
          ))}
        </span>
      </Press>
      <Press icon="linkWindow" command="linkWindow" act={act} pressed={links.window} />
      <Press icon="linkZoom" command="linkZoom" act={act} pressed={links.zoom} />
    </span>
  );
}
