import type { TableDocument } from "../../core/kernel/ports/search-engine.ts";
import { quoteText } from "./filter-sql.ts";
import { readList } from "./read-rows.ts";
import type { OpenTable } from "./tables.ts";

const timeoutMs = 60_000;

/** What the newest version of the table holds of each of these documents; those it does not hold are left out. */
export async function describeDocuments(open: OpenTable, documentIds: string[]): Promise<Map<string, TableDocument>> {
  const found = new Map<string, TableDocument & { ids: Set<string> }>();
  if (documentIds.length === 0) return found;
  const { table } = await open.takeSnapshot();
  const rows = await table
    .query()
    .where(`document_id IN (${documentIds.map(quoteText).join(", ")})`)
    .select(["id", "document_id", "version_id", "readers", "tags", "path"])
    .toArray({ timeoutMs });
  for (const row of rows) {
    const id = String(row.document_id);
    const known = found.get(id);
    const one = known ?? {
      ids: new Set<string>(),
      versionIds: [],
      passages: 0,
      distinct: 0,
      readers: readList(row.readers),
      tags: readList(row.tags),
      path: String(row.path),
    };
    one.ids.add(String(row.id));
    one.passages += 1;
    one.distinct = one.ids.size;
    const versionId = String(row.version_id);
    if (!one.versionIds.includes(versionId)) one.versionIds.push(versionId);
    found.set(id, one);
  }
  return found;
}

/** The first `limit` ids after `after` of documents in the newest version of the table, in order. */
export async function listDocumentIds(open: OpenTable, after: string | undefined, limit: number): Promise<string[]> {
  const { table } = await open.takeSnapshot();
  const query = table.query().select(["document_id"]);
  if (after !== undefined) query.where(`document_id > ${quoteText(after)}`);
  const ids = new Set<string>();
  for await (const batch of query) for (const id of batch.getChild("document_id") ?? []) ids.add(String(id));
  return [...ids].sort().slice(0, limit);
}
