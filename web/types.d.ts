/// <reference types="next" />
/// <reference types="next/image-types/global" />
declare module "*.css";
declare module "pdfjs-dist/legacy/build/pdf.min.mjs" {
  export * from "pdfjs-dist";
}
