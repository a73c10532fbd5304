import type { IncomingMessage } from "node:http";

export type TemplateInput = {
  req: IncomingMessage;
  query: URLSearchParams;
  pathParameters: Record<string, string>;
  context: { requestId: string; stage: string; apiId: string; httpMethod: string; path: string; sourceIp: string };
};

export type MappingTemplate = (input: TemplateInput) => string;

const REFERENCE =
  /\$(?:context\.([\w.]+)|input\.params\('([^']+)'\)|(?:context|input|util|stageVariables)\b|\{)|^\s*#\w+/gm;

const CONTEXT: Record<string, (context: TemplateInput["context"]) => string> = {
  requestId: ({ requestId }) => requestId,
  stage: ({ stage }) => stage,
  apiId: ({ apiId }) => apiId,
  httpMethod: ({ httpMethod }) => httpMethod,
  path: ({ path }) => path,
  "identity.sourceIp": ({ sourceIp }) => sourceIp,
};

/**
 * Compiles the part of API Gateway's mapping templates that needs no program: `$context.requestId` (and stage, apiId,
 * httpMethod, path, identity.sourceIp) and `$input.params('name')`, which looks in path, query and headers. Values are
 * escaped for JSON strings.
 * @throws Error for any other reference or directive
 */
export function compileMappingTemplate(template: string): MappingTemplate {
  for (const [reference, name, parameter] of template.matchAll(REFERENCE))
    if (parameter === undefined && (name === undefined || !Object.hasOwn(CONTEXT, name)))
      throw new Error(`The mapping template uses ${reference.trim()}, which the local stand-in does not evaluate.`);
  return ({ req, query, pathParameters, context }) =>
    template.replace(REFERENCE, (_reference, name?: string, parameter?: string) => {
      const header = parameter === undefined ? undefined : req.headers[parameter.toLowerCase()];
      const value =
        parameter === undefined
          ? CONTEXT[name ?? ""]?.(context)
          : ((Object.hasOwn(pathParameters, parameter) ? pathParameters[parameter] : undefined) ??
            query.get(parameter) ??
            (Array.isArray(header) ? header[0] : header));
      return JSON.stringify(value ?? "").slice(1, -1);
    });
}
