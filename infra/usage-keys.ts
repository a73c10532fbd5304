import { type CallerKind, callerKinds } from "../packages/contracts/index.ts";
import { nameOf, pascalCase } from "./stage.ts";

/** The key of each kind of caller. AWS makes its value; the authorizer gets it, and nobody else. */
export const usageKeys = Object.fromEntries(
  callerKinds.map((kind) => [
    kind,
    new aws.apigateway.ApiKey(`${pascalCase(kind)}Key`, {
      name: nameOf(kind),
      description: `SAMLA ${$app.stage}: names the usage plan of a ${kind} to the gateway`,
    }),
  ]),
) as Record<CallerKind, aws.apigateway.ApiKey>;
