import { abortUpload, completeUpload, createUpload, getUpload } from "@samla/core/documents";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "uploads.create": createUpload,
  "uploads.get": getUpload,
  "uploads.complete": completeUpload,
  "uploads.abort": abortUpload,
});
