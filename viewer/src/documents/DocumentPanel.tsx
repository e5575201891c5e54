import { lazy, Suspense, useEffect, useRef, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { hasContent } from "@/images/document";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { PatientId } from "@/ui/PatientId";
import { LoadingRows } from "@/ui/States";
import type { WhoseImage } from "@/viewports/Overlay";
import { CannotShow } from "./CannotShow";
import { ContentTree } from "./ContentTree";
import classes from "./Document.module.css";
import { KeyObjects } from "./KeyObjects";
import { LinksProvider, type Links } from "./links";
import { PresentationState } from "./PresentationState";

const PdfDocument = lazy(() => import("./PdfDocument"));
const VideoDocument = lazy(() => import("./VideoDocument"));

interface DocumentPanelProps {
  readonly document: DocumentObject;
  readonly whose: WhoseImage;
  readonly prior: boolean;
  readonly links: Links;
  readonly onClose: () => void;
  /** It turned out that it cannot be shown. */
  readonly onUnshown: () => void;
}

/** An object that is no image, beside the images: it has the keyboard until it is closed or the reader goes elsewhere. */
export default function DocumentPanel(props: DocumentPanelProps): JSX.Element {
  const { document, whose, prior, links, onClose } = props;
  const { t } = useTranslation("documents");
  const panel = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useFocusWhileOpen(panel);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    body.current?.focus({ preventScroll: true });
  }, [document]);
  return (
    <aside
      ref={panel}
      className={classes["panel"]}
      aria-label={t("panel")}
      data-document={document.kind}
      data-uid={document.sopInstanceUid}
    >
      <header className={classes["head"]}>
        <div>
          <small>{t(`kind.${document.kind}`)}</small>
          <h2>{document.title || t("untitled")}</h2>
        </div>
        <button type="button" onClick={onClose} aria-label={t("close")} title={`${t("close")} (Esc)`}>
          ✕
        </button>
      </header>
      <Whose whose={whose} prior={prior} />
      <div ref={body} className={classes["body"]} tabIndex={-1} data-document-body="">
        <LinksProvider value={links}>
          <ErrorBoundary key={document.sopInstanceUid}>
            <Suspense fallback={<LoadingRows rows={6} />}>
              <Content {...props} />
            </Suspense>
          </ErrorBoundary>
        </LinksProvider>
      </div>
    </aside>
  );
}

/** Whose document it is, by the object itself (MAMMO-12). */
function Whose({ whose, prior }: { readonly whose: WhoseImage; readonly prior: boolean }): JSX.Element {
  const { t } = useTranslation("documents");
  return (
    <div className={classes["whose"]}>
      {whose.differs === "" ? null : <p role="alert">▲ {whose.differs}</p>}
      <strong>{whose.name}</strong> <span>{whose.kana}</span> <PatientId id={whose.patientId} />{" "}
      <span data-prior={prior || undefined}>
        {prior ? `${t("prior")} ` : ""}
        {whose.studyDate}
      </span>
    </div>
  );
}

function Content({ document, onUnshown }: DocumentPanelProps): JSX.Element {
  const { t } = useTranslation("documents");
  const key = document.sopInstanceUid;
  if (!hasContent(document)) {
    return (
      <CannotShow
        why={t(document.kind === "other" ? "cannot.kind" : "cannot.empty")}
        detail={`${document.modality} · SOP Class ${document.sopClassUid}`}
      />
    );
  }
  switch (document.kind) {
    case "SR":
      return <ContentTree document={document} />;
    case "KO":
      return <KeyObjects document={document} />;
    case "PR":
      return <PresentationState document={document} />;
    case "PDF":
      return <PdfDocument key={key} document={document} onUnshown={onUnshown} />;
    default:
      return <VideoDocument key={key} document={document} onUnshown={onUnshown} />;
  }
}

/** Gives the focus back to where it was when the panel opened. */
function useFocusWhileOpen(panel: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = window.document.activeElement;
    const own = panel.current;
    return () => {
      const at = window.document.activeElement;
      const inside = at === null || at === window.document.body || own?.contains(at) === true;
      if (inside && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [panel]);
}
