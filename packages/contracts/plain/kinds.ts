/** Kinds of document SAMLA reads. The kind is found from the bytes; the name only decides between text kinds. */
export const documentKinds = [
  "pdf",
  "docx",
  "pptx",
  "xlsx",
  "odt",
  "ods",
  "odp",
  "html",
  "markdown",
  "text",
  "csv",
  "tsv",
  "json",
  "jsonl",
  "rtf",
  "epub",
  "email",
  "code",
  "image",
] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const blockTypes = ["heading", "paragraph", "list-item", "table", "code", "caption", "quote"] as const;

/** Why extraction ended without text. All but `internal` are final: the same bytes fail the same way. */
export const extractFailureCodes = [
  "empty",
  "unsupported",
  "encrypted",
  "corrupt",
  "ocr_empty",
  "too_large",
  "too_complex",
  "timeout",
  "cancelled",
  "internal",
] as const;
export type ExtractFailureCode = (typeof extractFailureCodes)[number];

/** Sentences a person reads; the detail of the moment (which limit, which page) is added by the reader. */
export const extractFailureTexts: Record<ExtractFailureCode, { title: string; nextStep: string }> = {
  empty: {
    title: "There is no text in this file",
    nextStep:
      "Check that it is the right file. If it holds pictures of text, upload it as PDF or image so that it can be read by OCR.",
  },
  unsupported: {
    title: "This type of file cannot be read",
    nextStep: "Save it as PDF, DOCX, PPTX, XLSX, ODT, HTML, Markdown or plain text and upload it again.",
  },
  encrypted: {
    title: "This file is protected by a password",
    nextStep: "Remove the password in the program that made it and upload it again.",
  },
  corrupt: {
    title: "This file is damaged or not what its name says",
    nextStep: "Open it in the program that made it, save it anew and upload that copy.",
  },
  ocr_empty: {
    title: "No text could be recognised on the pages",
    nextStep: "Scan it again with at least 200 dpi, upright and well lit.",
  },
  too_large: { title: "This file is over a limit", nextStep: "Split it into smaller files and upload those." },
  too_complex: {
    title: "This file is built in a way that would take too much to read",
    nextStep: "Save it anew from the program that made it, or export it as PDF.",
  },
  timeout: { title: "Reading this file took too long", nextStep: "Split it into smaller files, or export it as PDF." },
  cancelled: { title: "Processing was cancelled", nextStep: "Choose Reprocess to read it again." },
  internal: {
    title: "Something went wrong on our side",
    nextStep: "Choose Retry. If it fails again, give the request id to your administrator.",
  },
};
