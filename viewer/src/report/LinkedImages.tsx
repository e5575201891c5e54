import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import { call } from "@/api/client";
import type { LinkedImage } from "@/api/types";
import { currentLanguage } from "@/i18n";
import classes from "./LinkedImages.module.css";

/** The images that the findings are seen on (REC-02), each under the name that stands in the signed text. */
export function LinkedImages({ images }: { readonly images: readonly LinkedImage[] }): JSX.Element | null {
  const { t } = useTranslation("confirm");
  if (images.length === 0) return null;
  return (
    <ul className={classes["images"]} tabIndex={0} aria-label={t("linked_images")}>
      {images.map((image) => (
        <Linked key={image.picture_url} image={image} />
      ))}
    </ul>
  );
}

function Linked({ image }: { readonly image: LinkedImage }): JSX.Element {
  const { t } = useTranslation("confirm");
  const picture = usePicture(image.picture_url);
  const name = image[currentLanguage()];
  return (
    <li>
      <span className={classes["frame"]}>
        {picture === "failed" ? t("no_picture") : picture !== null && <img src={picture.url} alt={name} />}
      </span>
      <span>{name}</span>
    </li>
  );
}

/** A picture of a frame: asked for as everything is, so that the session's proof goes along. */
function usePicture(address: string): { readonly url: string } | "failed" | null {
  const [picture, setPicture] = useState<{ readonly url: string } | "failed" | null>(null);
  useEffect(() => {
    const stopped = new AbortController();
    let url = "";
    call(address, { headers: { Accept: "image/jpeg" }, signal: stopped.signal })
      .then((answer) => answer.blob())
      .then((blob) => {
        if (stopped.signal.aborted) return;
        url = URL.createObjectURL(blob);
        setPicture({ url });
      })
      .catch(() => {
        if (!stopped.signal.aborted) setPicture("failed");
      });
    return () => {
      stopped.abort();
      if (url !== "") URL.revokeObjectURL(url);
    };
  }, [address]);
  return picture;
}
