import { currentSessionId, getSessions } from "../../../../bff/context.ts";
import { getEnv } from "../../../../bff/env.ts";
import { forwardToApi } from "../../../../bff/forward.ts";
import { sendUpstream } from "../../../../bff/upstream.ts";

export const dynamic = "force-dynamic";

const handle = async (request: Request): Promise<Response> => {
  const env = getEnv();
  return forwardToApi(request, {
    apiUrl: env.SAMLA_API_URL,
    publicUrl: env.SAMLA_PUBLIC_URL,
    sessionId: await currentSessionId(),
    sessions: getSessions(),
    send: sendUpstream,
  });
};

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST };
