import * as pdfjs from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

/** Mozilla's PDF.js, with all that it may ask for served by the hub: nothing comes from elsewhere. */

export type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
export const { TextLayer } = pdfjs;

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

/** Japanese PDFs name character maps and fonts that they do not carry; JPEG 2000 and JBIG2 need their decoders. */
const served: Readonly<Record<string, string>> = {
  ...import.meta.glob<string>("/node_modules/pdfjs-dist/cmaps/*.bcmap", {
    query: "?url",
    import: "default",
    eager: true,
  }),
  ...import.meta.glob<string>("/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}", {
    query: "?url",
    import: "default",
    eager: true,
  }),
  ...import.meta.glob<string>("/node_modules/pdfjs-dist/wasm/{jbig2,openjpeg,qcms_bg}.wasm", {
    query: "?url",
    import: "default",
    eager: true,
  }),
};

const byName = new Map(Object.entries(served).map(([path, url]) => [path.slice(path.lastIndexOf("/") + 1), url]));

class ServedFiles {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    const url = byName.get(filename);
    if (url === undefined) throw new Error(`no such file of PDF.js: ${filename}`);
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

/** Opens a PDF from its bytes, which stay as they are; `destroy()` it afterwards. */
export const openPdf = (bytes: Uint8Array): pdfjs.PDFDocumentLoadingTask =>
  pdfjs.getDocument({
    data: bytes.slice(),
    BinaryDataFactory: ServedFiles,
    useWorkerFetch: false,
    enableXfa: false,
    stopAtErrors: false,
  });
