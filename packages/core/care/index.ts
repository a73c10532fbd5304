export { auditIndex } from "./audit-index.ts";
export type { AuditContext } from "./audit-parts.ts";
export { getCareReport, startAudit } from "./report.ts";
export { auditDueIndexes, maintainTables } from "./run-schedule.ts";
