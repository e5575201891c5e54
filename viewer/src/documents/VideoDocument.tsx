import { useEffect, useMemo, useRef, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { transferSyntax } from "@/images/transferSyntax";
import { formatBytes } from "@/ui/format";
import { CannotShow } from "./CannotShow";
import { Coming } from "./Coming";
import { containerOf, type Container } from "./container";
import classes from "./Document.module.css";
import { fetchStream, type FetchedDocument } from "./fetchDocument";
import { decodes } from "./playable";
import { Truth } from "./Truth";
import { useFetched } from "./useFetched";

interface VideoDocumentProps {
  readonly document: DocumentObject;
  /** It turned out that it cannot be played. */
  readonly onUnshown: () => void;
}

/** A video where this browser has a decoder for it; else that it has none, and the stream itself to take away. */
export default function VideoDocument({ document, onUnshown }: VideoDocumentProps): JSX.Element {
  const { t } = useTranslation("documents");
  const [wanted, setWanted] = useState(() => decodes(document.transferSyntaxUid));
  if (wanted) return <FetchedVideo document={document} onUnshown={onUnshown} />;
  return (
    <CannotShow why={t("cannot.coding", { coding: transferSyntax(document.transferSyntaxUid).name })}>
      <button type="button" onClick={() => setWanted(true)}>
        {t("fetch", { size: formatBytes(document.fragments.reduce((sum, { length }) => sum + length, 0)) })}
      </button>
    </CannotShow>
  );
}

function FetchedVideo({ document, onUnshown }: VideoDocumentProps): JSX.Element {
  const fetched = useFetched(document, fetchStream);
  return fetched.document === null ? (
    <Coming fetched={fetched} />
  ) : (
    <Stream document={document} fetched={fetched.document} onUnshown={onUnshown} />
  );
}

interface StreamProps extends VideoDocumentProps {
  readonly fetched: FetchedDocument;
}

function Stream({ document, fetched, onUnshown }: StreamProps): JSX.Element {
  const { t } = useTranslation("documents");
  const container = useMemo(() => containerOf(fetched.bytes), [fetched]);
  const coding = transferSyntax(document.transferSyntaxUid).name;
  const [failure, setFailure] = useState<string | null>(null);
  const known = container === "mp4" || container === "transport";
  const decoded = decodes(document.transferSyntaxUid);
  const cannot =
    fetched.proved === false
      ? t("cannot.differs")
      : !decoded
        ? t("cannot.coding", { coding })
        : !known
          ? t("cannot.container", { container: t(`container.${container}`) })
          : failure !== null
            ? t("cannot.video")
            : null;
  useEffect(() => {
    if (cannot !== null) onUnshown();
  }, [cannot, onUnshown]);
  return (
    <>
      {cannot === null ? (
        <Player fetched={fetched} container={container} onFailed={setFailure} />
      ) : (
        <CannotShow why={cannot} detail={failure ?? ""} />
      )}
      <SaveStream document={document} fetched={fetched} container={container} />
      <Truth fetched={fetched} encoding={`${coding} · ${t(`container.${container}`)} · ${t("lossy")}`} />
    </>
  );
}

interface PlayerProps {
  readonly fetched: FetchedDocument;
  readonly container: Container;
  readonly onFailed: (detail: string) => void;
}

function Player({ fetched, container, onFailed }: PlayerProps): JSX.Element {
  const { t } = useTranslation("documents");
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    if (container === "mp4") {
      const url = URL.createObjectURL(new Blob([fetched.bytes], { type: "video/mp4" }));
      element.src = url;
      return () => {
        element.removeAttribute("src");
        element.load();
        URL.revokeObjectURL(url);
      };
    }
    let stop = (): void => undefined;
    let gone = false;
    import("./transportStream").then(
      ({ playTransportStream }) => {
        if (!gone) stop = playTransportStream(element, fetched.bytes, onFailed);
      },
      (error: unknown) => onFailed(String(error)),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [fetched, container, onFailed]);
  const refused = (): void => {
    const error = video.current?.error;
    if (error != null && video.current?.getAttribute("src") !== null)
      onFailed(error.message || `MediaError ${error.code}`);
  };
  return (
    <video
      ref={video}
      className={classes["video"]}
      controls
      controlsList="nodownload noremoteplayback"
      disablePictureInPicture
      loop
      playsInline
      aria-label={t("kind.video")}
      onError={refused}
    />
  );
}

const ENDINGS: Readonly<Record<Container, string>> = {
  mp4: "mp4",
  transport: "ts",
  program: "mpg",
  elementary: "bin",
  unknown: "bin",
};

interface SaveStreamProps {
  readonly document: DocumentObject;
  readonly fetched: FetchedDocument;
  readonly container: Container;
}

/** The stream as it was sent, byte for byte, for a program that plays it; named by its UID, never by a patient. */
function SaveStream({ document, fetched, container }: SaveStreamProps): JSX.Element {
  const { t } = useTranslation("documents");
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([fetched.bytes], { type: "application/octet-stream" }));
    const link = window.document.createElement("a");
    link.href = url;
    link.download = `${document.sopInstanceUid}.${ENDINGS[container]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <div className={classes["save"]}>
      <button type="button" onClick={save}>
        {t("save")}
      </button>
    </div>
  );
}
