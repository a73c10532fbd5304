export type { Api } from "./api.ts";
export { type AgentCard, type AgentSkill, type CardParts, createCard } from "./card.ts";
export { createTokenSource, IssuerUnavailable } from "./credentials.ts";
export { type Environment, type OwnCredentials, readEnvironment } from "./environment.ts";
export { type EventStream, openEventStream } from "./event-stream.ts";
export { asFatal, FatalError } from "./fatal.ts";
export type { HealthReport, HealthState } from "./health.ts";
export { type Identity, readIdentity } from "./identity.ts";
export { createLog, type Log, type LogLevel } from "./log.ts";
export { type AgentRequest, parseJson, RequestError, sendJson, sendProblem } from "./request.ts";
export {
  type AgentDefinition,
  type AgentParts,
  type Kit,
  type RunningAgent,
  runAgent,
  startAgent,
} from "./run-agent.ts";
export type { AgentRoute } from "./server.ts";
