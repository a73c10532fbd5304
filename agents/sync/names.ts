import { createHash } from "node:crypto";
import { kindOfName, limits } from "@samla/contracts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what is replaced
const refused = /[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069\\/]/g;

const markOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 8);

/** Cuts by characters, never through one. */
const cut = (text: string, length: number): string => {
  let taken = "";
  for (const character of text) {
    if (taken.length + character.length > length) break;
    taken += character;
  }
  return taken;
};

const clean = (segment: string): string => {
  const text = segment.toWellFormed().replace(refused, "_").trim();
  return text === "" || text === "." || text === ".." ? "_" : text;
};

/**
 * Folder and name of a document for a thing of the source, fit for the API. The same key always gives the same; where
 * anything had to be changed, a mark of the key keeps it apart from others that would look the same.
 */
export const documentNameOf = (
  entry: { key: string; segments: readonly string[] },
  into: string,
): { path: string; name: string } => {
  const folders = entry.segments.slice(0, -1);
  const raw = entry.segments.at(-1) ?? "";
  const cleanFolders = folders.map(clean);
  const path = [into, ...cleanFolders].filter((part) => part !== "").join("/");
  let name = clean(raw);
  const changed = name !== raw || cleanFolders.some((folder, i) => folder !== folders[i]);
  const tooLong = name.length > limits.nameLengthMax || path.length > limits.pathLengthMax;
  if (!changed && !tooLong) return { path, name };
  const extension = kindOfName(name) ? (/\.[A-Za-z0-9]+$/.exec(name)?.[0] ?? "") : "";
  const mark = ` (${markOf(entry.key)})${extension}`;
  name = `${cut(name.slice(0, name.length - extension.length), limits.nameLengthMax - mark.length).trimEnd()}${mark}`;
  return { path: path.length > limits.pathLengthMax ? cutPath(path) : path, name };
};

const cutPath = (path: string): string => {
  const folders: string[] = [];
  let length = 0;
  for (const folder of path.split("/")) {
    if (length + folder.length + 1 > limits.pathLengthMax) break;
    folders.push(folder);
    length += folder.length + 1;
  }
  return folders.join("/");
};

/** What two documents with the same folder and name share. */
export const placeOf = (document: { path: string; name: string }): string => `${document.path}\n${document.name}`;
