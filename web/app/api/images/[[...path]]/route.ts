import { serveConsole } from "../../../../bff/console-routes.ts";
import { dataPolicy, securityHeaders } from "../../../../bff/content-policy.ts";
import { getEnv } from "../../../../bff/env.ts";
import { imagesTable } from "../../../../bff/images-routes.ts";

export const dynamic = "force-dynamic";

const handle = async (request: Request): Promise<Response> => {
  const response = await serveConsole(request, imagesTable);
  const headers = securityHeaders(getEnv().SAMLA_PUBLIC_URL.startsWith("https:"));
  for (const [name, value] of Object.entries({ ...headers, "content-security-policy": dataPolicy }))
    response.headers.set(name, value);
  return response;
};

export { handle as GET, handle as POST };
