import type { Door } from "../kernel/types.ts";
import { encodeProblem, GatewayProblem } from "./problem.ts";
import type { RestApi } from "./rest-api.ts";

export const REST_PREFIX = "/_api/";

/** Serves `/_api/<api>/<stage>/...` from the REST APIs. */
export function createRestDoor(apis: readonly RestApi[]): Door {
  const byPath = new Map(apis.map((api) => [`${api.config.name}/${api.config.stage}`, api]));
  return {
    prefix: REST_PREFIX,
    async handle(req, res, url) {
      const [, name = "", stage = "", rest = ""] = /^\/_api\/([^/]+)\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
      const api = byPath.get(`${name}/${stage}`);
      if (api) return api.handle(req, res, url, rest || "/");
      req.resume();
      const problem = new GatewayProblem("RESOURCE_NOT_FOUND", `There is no REST API ${name} with the stage ${stage}.`);
      const body = encodeProblem(problem, "none");
      res.writeHead(404, { "content-type": "application/problem+json", "content-length": body.length }).end(body);
    },
    close: async () => undefined,
  };
}
