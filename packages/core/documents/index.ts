export { acceptObject } from "./accept-object.ts";
export {
  batchDocuments,
  cancelDocument,
  deleteDocument,
  patchDocument,
  reprocessDocument,
  restoreDocument,
  rollBackDocument,
} from "./change-documents.ts";
export { createUpload } from "./create-upload.ts";
export { embedVersion } from "./embed-version.ts";
export { type ProcessContext, processVersion } from "./process-version.ts";
export {
  countDocuments,
  getContent,
  getDocument,
  getVersion,
  listDocuments,
  listPassages,
  listVersions,
} from "./read-documents.ts";
export { abortUpload, completeUpload, getUpload } from "./resume-upload.ts";
export { sweep } from "./sweep.ts";
export { type WriterContext, writeIndex } from "./write-index.ts";
