import { useEffect, useRef, useState, type CSSProperties, type JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Document.module.css";
import { TextLayer, type PDFPageProxy } from "./pdf";

/** A page keeps no more pixels than this, whatever its size and zoom. */
const MOST_PIXELS = 16_000_000;

/** One page: drawn when it comes near the screen, with its text over it to be read aloud and marked. */
export function PdfPage({ page, zoom }: { readonly page: PDFPageProxy; readonly zoom: number }): JSX.Element {
  const { t } = useTranslation("documents");
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const near = useNear(box);
  const [drawn, setDrawn] = useState(false);
  const plain = page.getViewport({ scale: 1 });
  const scale = (width * zoom) / plain.width;

  useEffect(() => {
    const [sheet, over] = [canvas.current, text.current];
    if (!near || width === 0 || sheet === null || over === null) return;
    const viewport = page.getViewport({ scale });
    const dots = Math.min(
      window.devicePixelRatio,
      Math.sqrt(MOST_PIXELS / Math.max(viewport.width * viewport.height, 1)),
    );
    sheet.width = Math.floor(viewport.width * dots);
    sheet.height = Math.floor(viewport.height * dots);
    const drawing = page.render({ canvas: sheet, viewport, transform: [dots, 0, 0, dots, 0, 0] });
    const words = new TextLayer({ textContentSource: page.streamTextContent(), container: over, viewport });
    // A page that is drawn anew before it was ready is no failure.
    drawing.promise.then(() => setDrawn(true)).catch(() => undefined);
    words.render().catch(() => undefined);
    return () => {
      drawing.cancel();
      words.cancel();
      over.replaceChildren();
      setDrawn(false);
    };
  }, [page, near, scale, width]);

  const size: CSSProperties & Record<"--total-scale-factor", number> = {
    width: plain.width * scale,
    height: plain.height * scale,
    "--total-scale-factor": scale,
  };
  return (
    <div ref={box} className={classes["sheet"]}>
      <div
        className={classes["paper"]}
        style={size}
        data-page={page.pageNumber}
        data-drawn={drawn || undefined}
        role="group"
        aria-label={t("page", { number: page.pageNumber })}
      >
        <canvas ref={canvas} />
        <div ref={text} className={classes["words"]} />
      </div>
    </div>
  );
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

function useNear(box: React.RefObject<HTMLDivElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: "600px 0px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return near;
}
