import { makeArrowTable } from "@lancedb/lancedb";
import { Field, FixedSizeList, Float32, Float64, Int32, List, Schema, Utf8 } from "apache-arrow";
import type { EnginePassage, TableSpec } from "../../core/kernel/ports/search-engine.ts";
import type { Analyzer } from "./analyzer.ts";
import { joinBody, listTerms } from "./passage-terms.ts";
import { formatRecord } from "./read-rows.ts";

const specKey = "samla.table";
const formatVersion = 2;

/** The table's columns; its specification travels in the schema's metadata. */
export function buildSchema(spec: TableSpec): Schema {
  const text = (name: string) => new Field(name, new Utf8(), false);
  const list = (name: string) => new Field(name, new List(new Field("item", new Utf8(), true)), false);
  const columns: Field[] = [
    text("id"),
    text("document_id"),
    text("version_id"),
    new Field("n", new Int32(), false),
    text("title"),
    text("section"),
    text("body"),
    text("terms"),
    text("record"),
    new Field("page", new Int32(), true),
    text("kind"),
    list("tags"),
    text("path"),
    new Field("updated_at", new Float64(), false),
    list("readers"),
  ];
  if (spec.dimensions > 0) {
    columns.push(new Field("vector", new FixedSizeList(spec.dimensions, new Field("item", new Float32(), true)), true));
  }
  return new Schema(columns, new Map([[specKey, JSON.stringify({ formatVersion, ...spec })]]));
}

/** The specification kept in a table's schema; throws for a table this engine did not make. */
export function readSpec(schema: { metadata: Map<string, string> }, table: string): TableSpec {
  const stored = schema.metadata.get(specKey);
  if (stored === undefined) throw new Error(`The table ${table} was not made by this engine.`);
  const { formatVersion: version, ...spec } = JSON.parse(stored) as TableSpec & { formatVersion: number };
  if (version !== formatVersion)
    throw new Error(`The table ${table} has format ${version}, expected ${formatVersion}. Build the index again.`);
  return spec;
}

/** Rows for the table. Throws when a vector has another length than the table's: the engine would pad or cut it silently. */
export async function buildRows(passages: EnginePassage[], spec: TableSpec, analyzer: Analyzer) {
  const rows = [];
  for (const passage of passages) {
    rows.push({
      id: passage.id,
      document_id: passage.document_id,
      version_id: passage.version_id,
      n: passage.n,
      title: passage.title,
      section: passage.section,
      body: joinBody(passage),
      terms: await listTerms(analyzer, passage, spec.fieldWeights),
      record: formatRecord(passage),
      page: passage.page,
      kind: passage.kind,
      tags: passage.tags,
      path: passage.path,
      updated_at: passage.updated_at,
      readers: passage.readers,
      ...(spec.dimensions > 0 ? { vector: checkVector(passage.vector, spec.dimensions, passage.id) ?? null } : {}),
    });
  }
  return makeArrowTable(rows, { schema: buildSchema(spec) });
}

/** The vector when it says something, undefined when it is absent or all zeros; throws on a wrong length or a number that is none. */
export function checkVector(
  vector: Float32Array | undefined,
  dimensions: number,
  owner: string,
): Float32Array | undefined {
  if (vector === undefined) return undefined;
  if (vector.length !== dimensions) {
    throw new Error(
      `The vector of ${owner} has ${vector.length} dimensions, the table has ${dimensions}. Embed it with the table's embedder.`,
    );
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw new Error(`The vector of ${owner} holds a number that is not finite.`);
  return squares === 0 ? undefined : vector;
}
