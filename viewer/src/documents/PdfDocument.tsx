import { useEffect, useState, type JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentObject } from "@/images/frame";
import { LoadingRows } from "@/ui/States";
import { CannotShow } from "./CannotShow";
import { Coming } from "./Coming";
import classes from "./Document.module.css";
import { fetchEncapsulated } from "./fetchDocument";
import { openPdf, type PDFDocumentProxy, type PDFPageProxy } from "./pdf";
import { PdfPage } from "./PdfPage";
import { Truth } from "./Truth";
import { useFetched } from "./useFetched";

const LARGER = 1.25;
const [LEAST, MOST] = [0.5, 4];

interface PdfDocumentProps {
  readonly document: DocumentObject;
  /** It turned out that it cannot be shown. */
  readonly onUnshown: () => void;
}

/** A PDF, page under page, at the width of the panel or larger. */
export default function PdfDocument({ document, onUnshown }: PdfDocumentProps): JSX.Element {
  const { t } = useTranslation("documents");
  const fetched = useFetched(document, fetchEncapsulated);
  const { pages, error } = usePages(fetched.document?.bytes ?? null);
  const [zoom, setZoom] = useState(1);
  useEffect(() => {
    if (error !== null) onUnshown();
  }, [error, onUnshown]);
  if (fetched.document === null) return <Coming fetched={fetched} />;
  if (error !== null) return <CannotShow why={t("cannot.pdf")} detail={error.message} />;
  const zoomed = (by: number): void => setZoom((now) => Math.min(Math.max(now * by, LEAST), MOST));
  return (
    <>
      <div className={classes["bar"]}>
        <span>{pages === null ? "" : t("pages", { count: pages.length })}</span>
        <button type="button" onClick={() => zoomed(1 / LARGER)} aria-label={t("smaller")} title={t("smaller")}>
          −
        </button>
        <span className={classes["number"]}>{`${Math.round(zoom * 100)} %`}</span>
        <button type="button" onClick={() => zoomed(LARGER)} aria-label={t("larger")} title={t("larger")}>
          +
        </button>
      </div>
      <div className={classes["sheets"]} data-pages={pages?.length}>
        {pages === null ? <LoadingRows rows={6} /> : null}
        {pages?.map((page) => (
          <PdfPage key={page.pageNumber} page={page} zoom={zoom} />
        ))}
      </div>
      <Truth fetched={fetched.document} encoding={t("dimmed")} />
    </>
  );
}

interface Pages {
  readonly pages: readonly PDFPageProxy[] | null;
  readonly error: Error | null;
}

const NONE: Pages = { pages: null, error: null };

function usePages(bytes: Uint8Array | null): Pages {
  const [state, setState] = useState<Pages>(NONE);
  useEffect(() => {
    if (bytes === null) return;
    const task = openPdf(bytes);
    let gone = false;
    const settle = (next: Pages): void => {
      if (!gone) setState(next);
    };
    task.promise.then(everyPage).then(
      (pages) => settle({ pages, error: null }),
      (error: unknown) => settle({ pages: null, error: error as Error }),
    );
    return () => {
      gone = true;
      setState(NONE);
      void task.destroy();
    };
  }, [bytes]);
  return state;
}

const everyPage = (pdf: PDFDocumentProxy): Promise<PDFPageProxy[]> =>
  Promise.all(Array.from({ length: pdf.numPages }, (_, index) => pdf.getPage(index + 1)));
