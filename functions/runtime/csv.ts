import type { CsvReader } from "@samla/core/evaluations";
import { readCsvRows } from "@samla/extract/text/csv-rows";

/** Delimited text for verbs that import some. */
export const readCsv: CsvReader = readCsvRows;
