import type { UploadLimits } from "@samla/contracts";
import {
  documentNameRule,
  formatBytes,
  kindOfName,
  problemOfText,
  sizeLimitOfName,
  sourcePathRule,
} from "@samla/contracts/plain";
import { kindLabel } from "../../lib/kinds.ts";
import type { UploadProblem } from "./upload-item.ts";

/** A file with the folder it came from, such as `contracts/2026`; empty for none. */
export type FoundFile = { file: File; path: string };

const junk = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.~lock\..*)$/i;
const junkFolders = /(^|\/)(__MACOSX|\.git|\.svn|node_modules)(\/|$)/;

/** Files that a system or program leaves beside people's own. */
export const isJunk = (name: string, path: string): boolean => junk.test(name) || junkFolders.test(path);

/** Folder of a file chosen with a folder dialog: its relative path without the name. */
export const folderOf = (relativePath: string): string => {
  const cut = relativePath.lastIndexOf("/");
  return cut < 0 ? "" : relativePath.slice(0, cut).split("/").filter(Boolean).join("/");
};

/** Files of an `<input type="file">`, with their folders where a folder was chosen. */
export const filesOfInput = (files: Iterable<File>): FoundFile[] =>
  [...files].map((file) => ({ file, path: folderOf(file.webkitRelativePath) }));

/** The part of a drag entry that walking needs, as the File and Directory Entries API gives it. */
export type WalkEntry = {
  name: string;
  isFile: boolean;
  isDirectory: boolean;
  file?: (found: (file: File) => void, failed: (error: unknown) => void) => void;
  createReader?: () => {
    readEntries: (found: (entries: WalkEntry[]) => void, failed: (error: unknown) => void) => void;
  };
};

/**
 * Walks dropped files and folders, depth first, folders kept as `path`. Folders come in batches (Chromium: 100), so a
 * reader is asked until it gives nothing. What cannot be read is reported by name and the walk goes on.
 */
export async function* walkEntries(
  entries: readonly WalkEntry[],
  onUnreadable: (name: string) => void,
  path = "",
): AsyncGenerator<FoundFile> {
  for (const entry of entries) {
    const full = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile && entry.file) {
      const open = entry.file.bind(entry);
      const file = await new Promise<File>((resolve, reject) => open(resolve, reject)).catch(() => undefined);
      if (file) yield { file, path };
      else onUnreadable(full);
    } else if (entry.isDirectory && entry.createReader) {
      const reader = entry.createReader();
      for (;;) {
        const batch = await new Promise<WalkEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(
          () => {
            onUnreadable(full);
            return [];
          },
        );
        if (batch.length === 0) break;
        yield* walkEntries(batch, onUnreadable, full);
      }
    }
  }
}

/** Entries of a drop. They must be taken while the drop event runs: afterwards the list is empty. */
export const entriesOfDrop = (items: Iterable<DataTransferItem>): WalkEntry[] =>
  [...items]
    .filter((item) => item.kind === "file")
    .map((item) => (item.webkitGetAsEntry() as WalkEntry | null) ?? entryOfFile(item.getAsFile()))
    .filter((entry) => entry !== null);

/** Files that come from another page, not from the disk, have no entry of their own. */
const entryOfFile = (file: File | null): WalkEntry | null =>
  file && { name: file.name, isFile: true, isDirectory: false, file: (found) => found(file) };

/**
 * Why a file cannot be uploaded, found before a byte is sent; undefined if it can.
 * The server checks the same limits again; this is for the person's time.
 */
export const refusalOf = (
  file: { name: string; size: number },
  path: string,
  limits: UploadLimits,
): UploadProblem | undefined => {
  const nameProblem = problemOfText(documentNameRule, file.name);
  if (nameProblem)
    return {
      title: "This name cannot be used",
      detail: `“${visible(file.name)}”: ${nameProblem}.`,
      nextStep: "Rename the file and add it again.",
      retryable: false,
    };
  const folderProblem = problemOfText(sourcePathRule, path);
  if (folderProblem)
    return {
      title: "This folder name cannot be used",
      detail: `“${visible(path)}”: ${folderProblem}.`,
      nextStep: "Rename the folder and add it again.",
      retryable: false,
    };
  if (file.size === 0)
    return {
      title: "This file is empty",
      detail: "It has 0 bytes, so there is nothing to read.",
      nextStep: "Check that it was saved, and add it again.",
      retryable: false,
    };
  const limitBytes = sizeLimitOfName(file.name, limits);
  if (file.size <= limitBytes) return undefined;
  const kind = kindOfName(file.name);
  return {
    title: "This file is over its limit",
    detail: `${formatBytes(file.size)}, but the limit for ${kind ? kindLabel(kind) : "any file"} is ${formatBytes(limitBytes)}.`,
    nextStep: "Split it into smaller files, or ask an administrator to raise the limit.",
    retryable: false,
  };
};

const visible = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are made visible here
  text.replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�").slice(0, 120);
