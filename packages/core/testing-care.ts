import type { Audit, Document, Upkeep } from "@samla/contracts";
import type { AuditState, CareCatalog, CountRow } from "./kernel/index.ts";

const clone = <T>(value: T): T => structuredClone(value);

/** Care in memory, over the documents of the whole in-memory catalog. Counts are never wrong there. */
export const createMemoryCare = (deps: { documents: Map<string, Document> }) => {
  const audits: { audit: Audit; documentsBytes: number }[] = [];
  const upkeeps: { index: string; upkeep: Upkeep }[] = [];
  const claims = new Map<string, { state: AuditState | undefined; owner: string; until: number }>();
  const catalog: CareCatalog = {
    addUpkeep: async (index, upkeep) => void upkeeps.unshift({ index, upkeep }),
    listUpkeep: async (index) => upkeeps.filter((one) => one.index === index).map((one) => clone(one.upkeep)),
    finishAudit: async (audit, _, documentsBytes, owner) => {
      if (claims.get(audit.index)?.owner !== owner) return;
      audits.unshift(clone({ audit, documentsBytes }));
      claims.delete(audit.index);
    },
    listAudits: async (index) => audits.filter((one) => one.audit.index === index).map(clone),
    getAuditClaim: async (index) => clone(claims.get(index)),
    claimAudit: async (index, owner, now, until) => {
      const held = claims.get(index);
      if (held && held.owner !== owner && held.until >= now) return false;
      claims.set(index, { state: held?.state, owner, until });
      return true;
    },
    keepAudit: async (index, owner, state, until) => {
      if (claims.get(index)?.owner !== owner) return false;
      claims.set(index, { state: clone(state), owner, until });
      return true;
    },
    readCounts: async (index) => {
      const rows = new Map<string, CountRow>();
      for (const document of deps.documents.values()) {
        if (document.index !== index) continue;
        const readers = document.readers && [...new Set<string>(document.readers)].sort();
        const key = readers?.join("\n") ?? "";
        const row = rows.get(key) ?? { readers, counts: {} };
        const name = document.deletedAt ? "deleted" : document.status;
        row.counts[name] = (row.counts[name] ?? 0) + 1;
        rows.set(key, row);
      }
      return [...rows.values()];
    },
    correctCounts: async () => undefined,
  };
  return { catalog, audits, claims };
};
