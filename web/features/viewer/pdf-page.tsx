"use client";
import type * as Pdf from "pdfjs-dist";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import type { PageSize } from "./page-layout.ts";
import { outputScaleOf, type PDFDocumentProxy } from "./pdf-engine.ts";
import { RectOverlay, type Rects } from "./rects.tsx";

/** One page: its picture, its text over it for selecting and reading aloud, its highlights. */
export const PdfPage = ({
  pdf,
  document: source,
  number,
  size,
  scale,
  rects,
  onSize,
}: {
  pdf: typeof Pdf;
  document: PDFDocumentProxy;
  number: number;
  /** At scale 1, as far as known. */
  size: PageSize;
  scale: number;
  rects: Rects;
  /** Told once the page's real size is known. */
  onSize: (number: number, size: PageSize) => void;
}) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const textLayer = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState(false);
  useEffect(() => {
    let stopped = false;
    const stops: (() => void)[] = [];
    const draw = async () => {
      const page = await source.getPage(number);
      const viewport = page.getViewport({ scale });
      onSize(number, { width: viewport.width / scale, height: viewport.height / scale });
      const target = canvas.current;
      const layer = textLayer.current;
      if (stopped || !target || !layer) return;
      const output = outputScaleOf(viewport.width, viewport.height, window.devicePixelRatio || 1);
      target.width = Math.floor(viewport.width * output);
      target.height = Math.floor(viewport.height * output);
      const rendering = page.render({
        canvas: target,
        viewport,
        transform: output === 1 ? undefined : [output, 0, 0, output, 0, 0],
      });
      stops.push(() => rendering.cancel());
      await rendering.promise;
      if (stopped) return;
      layer.replaceChildren();
      const text = new pdf.TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
      stops.push(() => text.cancel());
      await text.render();
    };
    setProblem(false);
    draw().catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "";
      if (!stopped && name !== "RenderingCancelledException" && name !== "AbortException") setProblem(true);
    });
    return () => {
      stopped = true;
      for (const stop of stops) stop();
    };
  }, [pdf, source, number, scale, onSize]);
  return (
    <section
      aria-label={`Page ${number}`}
      className="relative mx-auto overflow-hidden bg-white shadow-sm ring-1 ring-black/10"
      style={{ width: size.width * scale, height: size.height * scale }}
    >
      <canvas ref={canvas} className="absolute inset-0 h-full w-full" aria-hidden />
      <RectOverlay page={number} width={size.width} height={size.height} rects={rects} />
      <div ref={textLayer} className="pdf-text" style={{ "--total-scale-factor": scale } as CSSProperties} />
      {problem ? (
        <p role="alert" className="absolute inset-x-0 top-1/3 text-center text-neutral-600 text-sm">
          Page {number} cannot be drawn. Its text can be read in the text view.
        </p>
      ) : null}
    </section>
  );
};
