import { dataPolicy, securityHeaders } from "../../../../bff/content-policy.ts";
import { currentSessionId, getSessions } from "../../../../bff/context.ts";
import { getEnv } from "../../../../bff/env.ts";
import { forwardToApi } from "../../../../bff/forward.ts";
import { forwardToAgent, isForAgent } from "../../../../bff/forward-agent.ts";
import { openUpstream, sendUpstream } from "../../../../bff/upstream.ts";

export const dynamic = "force-dynamic";

const handle = async (request: Request): Promise<Response> => {
  const env = getEnv();
  const options = {
    apiUrl: env.SAMLA_API_URL,
    publicUrl: env.SAMLA_PUBLIC_URL,
    sessionId: await currentSessionId(),
    sessions: getSessions(),
  };
  const response = isForAgent(new URL(request.url))
    ? await forwardToAgent(request, { ...options, open: openUpstream })
    : await forwardToApi(request, { ...options, send: sendUpstream });
  const headers = securityHeaders(env.SAMLA_PUBLIC_URL.startsWith("https:"));
  for (const [name, value] of Object.entries({ ...headers, "content-security-policy": dataPolicy }))
    response.headers.set(name, value);
  return response;
};

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST };
