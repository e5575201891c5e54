import { useSyncExternalStore, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Following } from "./following";
import classes from "./ReadingRoom.module.css";

/** By what a viewport follows the active one; and how far that one has gone beyond the images that are here. */
export function FollowWords({
  following,
  cell,
}: {
  readonly following: Following;
  readonly cell: number;
}): JSX.Element | null {
  const { t } = useTranslation("linking");
  const follower = useSyncExternalStore(following.subscribe, () => following.at(cell));
  if (follower === null) return null;
  const { kind, beyond } = follower;
  const far = { kind: t(`kind.${kind}`), far: beyond < 10 ? beyond.toFixed(1) : beyond.toFixed(0) };
  return (
    <div data-follows={kind}>
      {beyond === 0 ? (
        t("follows", far)
      ) : (
        <span className={classes["slow"]}>▲ {t(kind === "number" ? "beyondImages" : "beyond", far)}</span>
      )}
    </div>
  );
}
