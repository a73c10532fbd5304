import { createOpenApi } from "@samla/contracts";
import { createTicket, listEvents, listQueues, redriveQueue } from "@samla/core/events";
import { deleteNote, getNote, listNotes, putNote } from "@samla/core/notes";
import { checkHealth, describeActor } from "@samla/core/platform";
import { getParts } from "../runtime/compose.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "events.list": listEvents,
  "events.ticket": (ctx) => createTicket(ctx, getParts().env.SAMLA_SOCKET_URL),
  "queues.list": (ctx) => listQueues(ctx),
  "queues.redrive": redriveQueue,
  "notes.list": listNotes,
  "notes.get": getNote,
  "notes.put": putNote,
  "notes.delete": deleteNote,
  "platform.me": async (ctx) => describeActor(ctx),
  "platform.health": (ctx) => checkHealth(ctx),
  "platform.openapi": async () => createOpenApi(getParts().env.SAMLA_API_URL) as { openapi: string },
});
