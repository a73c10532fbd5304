import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { ExtractFailure } from "../failure.ts";

export type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";

type PdfJs = typeof import("pdfjs-dist");

let loaded: Promise<PdfJs> | undefined;

/** The worker half is handed over as a module: in a bundle there is no second file pdf.js could import. */
async function importEngine(): Promise<PdfJs> {
  const worker = await import("pdfjs-dist/legacy/build/pdf.worker.mjs");
  Object.assign(globalThis, { pdfjsWorker: worker });
  return await import("pdfjs-dist/legacy/build/pdf.mjs");
}

export function loadPdfEngine(): Promise<PdfJs> {
  loaded ??= importEngine();
  return loaded;
}

/** Folder of pdf.js data (character maps, standard fonts, decoders), with `/` at the end. */
function findAssets(assetsPath: string | undefined): string {
  const folder = assetsPath ?? dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
  return pathToFileURL(join(folder, "/")).pathname;
}

function readErrorName(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/**
 * Opens a PDF. Without its data files pdf.js yields no text for most Chinese, Japanese and Korean files.
 * @throws ExtractFailure `encrypted` or `corrupt`.
 */
export async function openPdf(bytes: Buffer, assetsPath?: string): Promise<PDFDocumentProxy> {
  const engine = await loadPdfEngine();
  const assets = findAssets(assetsPath);
  try {
    return await engine.getDocument({
      data: new Uint8Array(bytes),
      cMapUrl: `${assets}cmaps/`,
      cMapPacked: true,
      standardFontDataUrl: `${assets}standard_fonts/`,
      wasmUrl: `${assets}wasm/`,
      verbosity: 0,
      useWorkerFetch: false,
      disableFontFace: true,
      useSystemFonts: false,
    }).promise;
  } catch (error) {
    if (readErrorName(error) === "PasswordException") {
      throw new ExtractFailure("encrypted", "the PDF asks for a password", { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExtractFailure("corrupt", `the PDF cannot be opened (${reason.slice(0, 200)})`, { cause: error });
  }
}
