import type * as Pdf from "pdfjs-dist";
import type { PDFDocumentLoadingTask, PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";

export type { PDFDocumentProxy, PDFPageProxy };

let engine: Promise<typeof Pdf> | undefined;

// The worker and its data come from our own origin, in the very version of the library.
const loadEngine = (): Promise<typeof Pdf> => {
  engine ??= import("pdfjs-dist/legacy/build/pdf.min.mjs").then((pdf: typeof Pdf) => {
    pdf.GlobalWorkerOptions.workerSrc = `/pdfjs/${pdf.version}/build/pdf.worker.min.mjs`;
    return pdf;
  });
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
};

/** Opens a PDF by its address; pages are fetched as they are needed. `destroy` the task when done. */
export const openPdf = async (url: string): Promise<{ task: PDFDocumentLoadingTask; pdf: typeof Pdf }> => {
  const pdf = await loadEngine();
  const data = `/pdfjs/${pdf.version}`;
  const task = pdf.getDocument({
    url,
    cMapUrl: `${data}/cmaps/`,
    standardFontDataUrl: `${data}/standard_fonts/`,
    wasmUrl: `${data}/wasm/`,
    iccUrl: `${data}/iccs/`,
    enableXfa: false,
    rangeChunkSize: 262_144,
  });
  return { task, pdf };
};

/** Longest edge of a canvas in pixels and largest area; above it browsers draw nothing. */
const areaMax = 16_000_000;

/** Pixels of a canvas for one CSS pixel, lowered where the page would be too large to draw. */
export const outputScaleOf = (cssWidth: number, cssHeight: number, deviceScale: number): number =>
  Math.min(deviceScale, Math.sqrt(areaMax / Math.max(1, cssWidth * cssHeight)));
