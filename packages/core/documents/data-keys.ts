import { createHash } from "node:crypto";
import type { BuildConfig } from "@samla/contracts";
import { objectKeys } from "../kernel/index.ts";

const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

type ReadOptions = Pick<BuildConfig, "ocr">;
type SplitOptions = Pick<BuildConfig, "ocr" | "splitBy" | "targetTokens" | "overlapTokens">;

/** What a text was read with. Empty for how files are read unless somebody says otherwise. */
const readVariant = ({ ocr }: ReadOptions): string => (ocr === "auto" ? "" : hashOf({ ocr }));

/** What passages were made with. Empty for how texts are split unless somebody says otherwise. */
const splitVariant = ({ ocr, splitBy, targetTokens, overlapTokens }: SplitOptions): string =>
  ocr === "auto" && splitBy === "structure" && targetTokens === 400 && overlapTokens === 0
    ? ""
    : hashOf({ ocr, splitBy, targetTokens, overlapTokens });

/** Where the text of a version lies, as this configuration reads it: builds that read alike share it. */
export const extractedKey = (documentId: string, versionId: string, config: ReadOptions): string =>
  objectKeys.extracted(documentId, versionId, readVariant(config));

/** Where the passages of a version lie, as this configuration makes them: builds that split alike share them. */
export const passagesKey = (documentId: string, versionId: string, config: SplitOptions): string =>
  objectKeys.passages(documentId, versionId, splitVariant(config));

/** Where the vectors of these passages lie: named by what they were made from, so they never fit other passages. */
export const vectorsKey = (
  documentId: string,
  versionId: string,
  embedderId: string,
  passagesFile: Uint8Array,
): string =>
  objectKeys.vectors(
    documentId,
    versionId,
    embedderId,
    createHash("sha256").update(passagesFile).digest("hex").slice(0, 16),
  );

/** Whether two builds need the same data, so that what was made for one is all that the other needs. */
export const needSameData = (a: BuildConfig, b: BuildConfig): boolean =>
  splitVariant(a) === splitVariant(b) && (b.dimensions === 0 || a.embedder === b.embedder);
