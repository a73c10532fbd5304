import { type EndpointId, endpointOf, fillPath } from "@samla/contracts/plain";

export type ShownCall = {
  id: EndpointId;
  params?: Record<string, string> | undefined;
  query?: Record<string, string> | undefined;
  body?: unknown;
};

const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The call for a shell: address and token come from the environment, so that neither is copied about. */
export const curlOf = ({ id, params, query, body }: ShownCall): string => {
  const [method, path] = endpointOf(id);
  const lines = [
    `curl -X ${method} "$SAMLA_API"${inShell(fillPath(path, { params, query }))}`,
    `  -H "Authorization: Bearer $SAMLA_TOKEN"`,
    ...(body === undefined
      ? []
      : ["  -H 'Content-Type: application/json'", `  -d ${inShell(JSON.stringify(body, null, 2))}`]),
  ];
  return lines.join(" \\\n");
};

/** The same call with SAMLA's client. */
export const clientCallOf = ({ id, params, query, body }: ShownCall): string => {
  const parts = { ...(params ? { params } : {}), ...(query ? { query } : {}), ...(body === undefined ? {} : { body }) };
  return `import { createClient } from "@samla/contracts";

const client = createClient({
  baseUrl: process.env.SAMLA_API ?? "",
  headers: () => ({ authorization: \`Bearer \${process.env.SAMLA_TOKEN}\` }),
});
await client.call(${JSON.stringify(id)}, ${JSON.stringify(parts, null, 2)});
`;
};
