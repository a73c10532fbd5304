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

export type BatchAction = BatchDocumentsBody["action"];
export type BatchInput = {
  action: BatchAction;
  documents: readonly Pick<Document, "id" | "name">[];
  tags?: string[];
  /** For `access`; null leaves it to the index. */
  readers?: Principal[] | null;
};
export type BatchOutcome = { done: string[]; refused: { documentId: string; detail: string }[] };
/** What an action left as it was. */
export type Refused = { verb: string; documents: { documentId: string; name: string; detail: string }[] };

const pastTense: Record<BatchAction, string> = {
  delete: "deleted",
  restore: "restored",
  reprocess: "queued to be read again",
  cancel: "cancelled",
  tag: "tagged",
  untag: "untagged",
  access: "given other readers",
};
const followedPieceSize = 50;
/** Undo stays on the screen for this long; after it, the deleted view still restores. */
const undoMs = 10_000;

/** In pieces, so that it can be followed and stopped between two of them. */
export const runBatch = async (
  { action, documents, tags, readers }: BatchInput,
  { onDone, isStopped }: { onDone?: (count: number) => void; isStopped?: () => boolean } = {},
): Promise<BatchOutcome> => {
  const outcome: BatchOutcome = { done: [], refused: [] };
  for (const some of chunk(documents, onDone ? followedPieceSize : limits.batchSizeMax)) {
    if (isStopped?.()) break;
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
    onDone?.(outcome.done.length + outcome.refused.length);
  }
  return outcome;
};

/** "“a.pdf” deleted" or "3 documents deleted". */
const sentenceOf = ({ action, documents }: Pick<BatchInput, "action" | "documents">, count: number): string => {
  const only = count === 1 && documents.length === 1 ? documents[0] : undefined;
  return `${only ? `“${only.name}”` : formatPlural(count, "document")} ${pastTense[action]}`;
};

/** Does one thing to many documents of an index; deleting offers to undo. Tells the outcome by itself. */
export const useBatchDocuments = (index: string, onRefused?: (refused: Refused) => void) => {
  const client = useQueryClient();
  const tell = (input: BatchInput, outcome: BatchOutcome, more = ""): void => {
    const refused = refusedOf(input, outcome);
    const first = refused.documents[0];
    if (first)
      toast.error(`${formatPlural(refused.documents.length, "document")} could not be ${refused.verb}`, {
        description: refused.documents.length === 1 ? first.detail : `“${first.name}”: ${first.detail}`,
        duration: undoMs,
        ...(refused.documents.length > 1 && onRefused
          ? { action: { label: "Show all", onClick: () => onRefused(refused) } }
          : {}),
      });
    if (outcome.done.length > 0) {
      const done = new Set(outcome.done);
      const undone = input.documents.filter((document) => done.has(document.id));
      toast.success(sentenceOf(input, outcome.done.length), {
        ...(more ? { description: more } : {}),
        duration: input.action === "delete" ? undoMs : 4000,
        ...(input.action === "delete"
          ? { action: { label: "Undo", onClick: () => mutation.mutate({ action: "restore", documents: undone }) } }
          : {}),
      });
    } else if (!first && more) toast.info("Nothing was changed", { description: more });
  };
  const finish = async (input: BatchInput, outcome: BatchOutcome): Promise<void> => {
    tell(input, outcome);
    const needsOrder = input.action === "restore" || outcome.refused.length > 0 || input.documents.length > 50;
    for (const document of input.documents) void client.invalidateQueries({ queryKey: documentKeys.one(document.id) });
    await Promise.all([refreshChanged(client, index), needsOrder ? reloadLists(client, index) : undefined]);
  };
  const mutation = useMutation({
    mutationFn: (input: BatchInput) => runBatch(input),
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
  return Object.assign(mutation, { tell });
};

const refusedOf = (input: BatchInput, outcome: BatchOutcome): Refused => {
  const names = new Map(input.documents.map(({ id, name }) => [id as string, name]));
  return {
    verb: pastTense[input.action],
    documents: outcome.refused.map((one) => ({ ...one, name: names.get(one.documentId) ?? one.documentId })),
  };
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
