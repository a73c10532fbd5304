import { getCareReport, startAudit } from "@samla/core/care";
import { getParts } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "care.report": async (ctx, input) => getCareReport(await withEngineByWords(ctx), input),
  "care.audit": async (ctx, input) =>
    startAudit({ ...(await withEngineByWords(ctx)), graceMs: getParts().env.SAMLA_AUDIT_GRACE_MS }, input),
});
