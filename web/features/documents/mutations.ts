import type { BatchDocumentsBody, Document, Principal } from "@samla/contracts";
import { ApiError, limits } from "@samla/contracts/plain";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { callApi } from "../../lib/api.ts";
import { formatPlural } from "../../lib/format.ts";
import { toastError } from "../../lib/query-error.tsx";
import { toast } from "../../ui/toast.ts";
import { documentKeys } from "./keys.ts";
import { type DocumentPages, withoutDocuments } from "./list-pages.ts";
import { refreshChanged, reloadLists, takeDocument } from "./refresh.ts";
import { chunk } from "./selection.ts";

type BatchAction = BatchDocumentsBody["action"];
type BatchInput = {
  action: BatchAction;
  documents: readonly Pick<Document, "id" | "name">[];
  tags?: string[];
  /** For `access`; null leaves it to the index. */
  readers?: Principal[] | null;
};
type BatchOutcome = { done: string[]; refused: { documentId: string; detail: string }[] };

const pastTense: Record<BatchAction, string> = {
  delete: "deleted",
  restore: "restored",
  reprocess: "queued to be read again",
  cancel: "cancelled",
  tag: "tagged",
  untag: "untagged",
  access: "given other readers",
};
/** Undo stays on the screen for this long; after it, the deleted view still restores. */
const undoMs = 10_000;

const runBatch = async ({ action, documents, tags, readers }: BatchInput): Promise<BatchOutcome> => {
  const outcome: BatchOutcome = { done: [], refused: [] };
  for (const some of chunk(documents, limits.batchSizeMax)) {
    const { results } = await callApi("documents.batch", {
      body: {
        action,
        documentIds: some.map((document) => document.id),
        ...(tags ? { tags } : {}),
        ...(readers === undefined ? {} : { readers }),
      },
    });
    for (const result of results)
      if (result.ok) outcome.done.push(result.documentId);
      else outcome.refused.push({ documentId: result.documentId, detail: result.detail ?? "It was refused." });
  }
  return outcome;
};

/** "“a.pdf” deleted" or "3 documents deleted". */
const sentenceOf = ({ action, documents }: BatchInput, count: number): string => {
  const only = count === 1 && documents.length === 1 ? documents[0] : undefined;
  return `${only ? `“${only.name}”` : formatPlural(count, "document")} ${pastTense[action]}`;
};

/** Does one thing to many documents of an index; deleting offers to undo. Tells the outcome by itself. */
export const useBatchDocuments = (index: string) => {
  const client = useQueryClient();
  const finish = async (input: BatchInput, outcome: BatchOutcome): Promise<void> => {
    const first = outcome.refused[0];
    if (first)
      toast.error(`${formatPlural(outcome.refused.length, "document")} could not be ${pastTense[input.action]}`, {
        description: first.detail,
        duration: undoMs,
      });
    if (outcome.done.length > 0) {
      const undone = input.documents.filter((document) => outcome.done.includes(document.id));
      toast.success(sentenceOf(input, outcome.done.length), {
        duration: input.action === "delete" ? undoMs : 4000,
        ...(input.action === "delete"
          ? { action: { label: "Undo", onClick: () => mutation.mutate({ action: "restore", documents: undone }) } }
          : {}),
      });
    }
    const needsOrder = input.action === "restore" || outcome.refused.length > 0 || input.documents.length > 50;
    for (const document of input.documents) void client.invalidateQueries({ queryKey: documentKeys.one(document.id) });
    await Promise.all([refreshChanged(client, index), needsOrder ? reloadLists(client, index) : undefined]);
  };
  const mutation = useMutation({
    mutationFn: runBatch,
    onMutate: ({ action, documents }) => {
      if (action !== "delete" && action !== "restore") return;
      const ids = new Set<string>(documents.map((document) => document.id));
      client.setQueriesData<DocumentPages>({ queryKey: documentKeys.lists(index) }, (data) =>
        data ? withoutDocuments(data, ids) : data,
      );
    },
    onSuccess: (outcome, input) => finish(input, outcome),
    onError: (error) => {
      toastError(error);
      void reloadLists(client, index);
    },
  });
  return mutation;
};

type Change =
  | { verb: "rename"; name: string }
  | { verb: "tags"; tags: string[] }
  | { verb: "access"; readers: Principal[] | null }
  | { verb: "reprocess" }
  | { verb: "cancel" }
  | { verb: "delete" }
  | { verb: "restore" }
  | { verb: "make-live"; versionId: string };

const changeDocument = (document: Document, change: Change): Promise<Document> => {
  const params = { documentId: document.id };
  const ifMatch = `"${document.revision}"`;
  switch (change.verb) {
    case "rename":
      return callApi("documents.patch", { params, body: { name: change.name }, ifMatch });
    case "tags":
      return callApi("documents.patch", { params, body: { tags: change.tags } });
    case "access":
      return callApi("documents.patch", { params, body: { readers: change.readers } });
    case "reprocess":
      return callApi("documents.reprocess", { params });
    case "cancel":
      return callApi("documents.cancel", { params });
    case "delete":
      return callApi("documents.delete", { params });
    case "restore":
      return callApi("documents.restore", { params });
    case "make-live":
      return callApi("documents.rollBack", { params, body: { versionId: change.versionId } });
  }
};

/** One change of one document; the answer is shown at once. A change by somebody else in between is named, never lost. */
export const useChangeDocument = (document: Document) => {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: (change: Change) => changeDocument(document, change),
    onSuccess: async (changed, change) => {
      if (change.verb === "delete")
        toast.success(`“${document.name}” deleted`, {
          duration: undoMs,
          action: { label: "Undo", onClick: () => mutation.mutate({ verb: "restore" }) },
        });
      if (change.verb === "restore") toast.success(`“${document.name}” restored`);
      if (change.verb === "make-live") toast.success("That version is live now");
      await takeDocument(client, changed);
      if (change.verb === "restore" || change.verb === "delete") await reloadLists(client, document.index);
    },
    onError: async (error, change) => {
      // Its window stays open and says it.
      if (change.verb !== "access") toastError(error);
      if (error instanceof ApiError && error.problem.code === "precondition_failed")
        await client.invalidateQueries({ queryKey: documentKeys.one(document.id) });
    },
  });
  return mutation;
};

/** Downloads the file under its own name. The address lives for minutes, so it is asked for at the click. */
export const downloadDocument = async (documentId: string, versionId?: string): Promise<void> => {
  try {
    const { url } = await callApi("documents.content", {
      params: { documentId },
      query: { what: "source", download: "true", ...(versionId ? { version: versionId } : {}) },
    });
    const link = window.document.createElement("a");
    link.href = url;
    link.rel = "noreferrer";
    link.click();
  } catch (error) {
    toastError(error);
  }
};
