import {
  batchDocuments,
  cancelDocument,
  countDocuments,
  deleteDocument,
  getContent,
  getDocument,
  getVersion,
  listDocuments,
  listPassages,
  listVersions,
  patchDocument,
  reprocessDocument,
  restoreDocument,
  rollBackDocument,
} from "@samla/core/documents";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "documents.list": listDocuments,
  "documents.counts": countDocuments,
  "documents.batch": batchDocuments,
  "documents.get": getDocument,
  "documents.patch": patchDocument,
  "documents.delete": deleteDocument,
  "documents.restore": restoreDocument,
  "documents.versions": listVersions,
  "documents.version": getVersion,
  "documents.rollBack": rollBackDocument,
  "documents.reprocess": reprocessDocument,
  "documents.cancel": cancelDocument,
  "documents.content": getContent,
  "documents.passages": listPassages,
});
