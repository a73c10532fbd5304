import { AwsError, createNotImplementedError } from "../kernel/errors.ts";
import { answerJson, answerJsonError } from "../kernel/json-protocol.ts";
import type { AwsCall, Service } from "../kernel/types.ts";
import type { RestApi } from "./rest-api.ts";
import type { UsagePlanConfig } from "./usage-plans.ts";

type Handler = (apis: readonly RestApi[], call: AwsCall, params: string[]) => unknown;

const notFound = (what: string): AwsError =>
  new AwsError("NotFoundException", `Invalid ${what} identifier specified`, { statusCode: 404 });

function findApi(apis: readonly RestApi[], id: string | undefined): RestApi {
  const api = apis.find(({ config }) => config.name === id);
  if (!api) throw notFound("API");
  return api;
}

const describeApi = ({ config }: RestApi) => ({
  id: config.name,
  name: config.name,
  apiKeySource: config.apiKeySource ?? "HEADER",
  endpointConfiguration: { types: ["REGIONAL"] },
});

const describeStage = ({ config, cache }: RestApi) => ({
  stageName: config.stage,
  cacheClusterEnabled: config.cacheSizeBytes > 0,
  cacheClusterStatus: config.cacheSizeBytes > 0 ? "AVAILABLE" : "NOT_AVAILABLE",
  cacheClusterSize: String(config.cacheSizeBytes / 1024 ** 3),
  variables: { cacheUsedBytes: String(cache.sizeBytes) },
});

const describePlan = (api: RestApi, plan: UsagePlanConfig) => ({
  id: plan.name,
  name: plan.name,
  apiStages: [{ apiId: api.config.name, stage: api.config.stage }],
  ...(plan.throttle && { throttle: { rateLimit: plan.throttle.ratePerSecond, burstLimit: plan.throttle.burst } }),
  ...(plan.quota && { quota: plan.quota }),
});

const listPlans = (apis: readonly RestApi[]) =>
  apis.flatMap((api) => api.config.usagePlans.map((plan) => ({ api, plan })));

function findPlan(apis: readonly RestApi[], id: string | undefined) {
  const found = listPlans(apis).find(({ plan }) => plan.name === id);
  if (!found) throw notFound("Usage Plan");
  return found;
}

const describeKey = (key: UsagePlanConfig["apiKeys"][number], withValue: boolean) => ({
  id: key.id,
  name: key.name,
  enabled: true,
  ...(withValue && { value: key.value }),
});

const listKeys = (apis: readonly RestApi[]) => listPlans(apis).flatMap(({ plan }) => plan.apiKeys);

const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ["GET", /^\/restapis\/?$/, (apis) => ({ item: apis.map(describeApi) })],
  ["GET", /^\/restapis\/([^/]+)\/?$/, (apis, _call, [id]) => describeApi(findApi(apis, id))],
  ["GET", /^\/restapis\/([^/]+)\/stages\/?$/, (apis, _call, [id]) => ({ item: [describeStage(findApi(apis, id))] })],
  [
    "GET",
    /^\/restapis\/([^/]+)\/stages\/([^/]+)\/?$/,
    (apis, _call, [id, stage]) => describeStage(findStage(apis, id, stage)),
  ],
  [
    "DELETE",
    /^\/restapis\/([^/]+)\/stages\/([^/]+)\/cache\/data\/?$/,
    (apis, call, [id, stage]) => {
      findStage(apis, id, stage).cache.clear();
      call.res.writeHead(202, { "content-length": 0 }).end();
    },
  ],
  ["GET", /^\/usageplans\/?$/, (apis) => ({ item: listPlans(apis).map(({ api, plan }) => describePlan(api, plan)) })],
  [
    "GET",
    /^\/usageplans\/([^/]+)\/?$/,
    (apis, _call, [id]) => {
      const { api, plan } = findPlan(apis, id);
      return describePlan(api, plan);
    },
  ],
  [
    "GET",
    /^\/usageplans\/([^/]+)\/keys\/?$/,
    (apis, _call, [id]) => ({
      item: findPlan(apis, id).plan.apiKeys.map((key) => ({ id: key.id, name: key.name, type: "API_KEY" })),
    }),
  ],
  ["GET", /^\/usageplans\/([^/]+)\/usage\/?$/, (apis, call, [id]) => describeUsage(apis, call, id)],
  [
    "GET",
    /^\/apikeys\/?$/,
    (apis, call) => ({
      item: listKeys(apis).map((key) => describeKey(key, call.url.searchParams.get("includeValues") === "true")),
    }),
  ],
  [
    "GET",
    /^\/apikeys\/([^/]+)\/?$/,
    (apis, call, [id]) => {
      const key = listKeys(apis).find((candidate) => candidate.id === id);
      if (!key) throw notFound("API Key");
      return describeKey(key, call.url.searchParams.get("includeValue") === "true");
    },
  ],
];

function findStage(apis: readonly RestApi[], id: string | undefined, stage: string | undefined): RestApi {
  const api = findApi(apis, id);
  if (api.config.stage !== stage) throw notFound("stage");
  return api;
}

/** Only the current period is known: one pair of used and remaining calls per key. */
function describeUsage(apis: readonly RestApi[], call: AwsCall, id: string | undefined) {
  const { api, plan } = findPlan(apis, id);
  const wanted = call.url.searchParams.get("keyId");
  const limit = plan.quota?.limit ?? 0;
  const values = plan.apiKeys
    .filter((key) => wanted === null || key.id === wanted)
    .map((key) => {
      const used = api.plans.readUsed(plan, key.id);
      return [key.id, [[used, Math.max(0, limit - used)]]];
    });
  const { searchParams } = call.url;
  return {
    usagePlanId: plan.name,
    startDate: searchParams.get("startDate"),
    endDate: searchParams.get("endDate"),
    values: Object.fromEntries(values),
  };
}

/** API Gateway's own API (scope `apigateway`), read operations and the flush of a stage's cache. */
export function createApiGatewayService(apis: readonly RestApi[]): Service {
  return {
    scopes: ["apigateway"],
    async handle(call) {
      try {
        const { pathname } = call.url;
        for (const [method, pattern, handle] of ROUTES) {
          const match = method === call.req.method && pattern.exec(pathname);
          if (!match) continue;
          const output = handle(apis, call, match.slice(1).map(decodeURIComponent));
          if (!call.res.headersSent) answerJson(call, "rest", output);
          return;
        }
        throw createNotImplementedError("API Gateway", `${call.req.method} ${pathname}`);
      } catch (error) {
        answerJsonError(call, "rest", error);
      }
    },
    close: async () => undefined,
  };
}
