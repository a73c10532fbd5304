import { request } from "node:http";
import type { TargetGroup } from "./state.ts";

export type HealthFinding = { isHealthy: true } | { isHealthy: false; reason: string; description: string };

/** Whether a status fits `200`, `200,302` or `200-299`. */
export const matchesStatus = (matcher: string, statusCode: number): boolean =>
  matcher.split(",").some((part) => {
    const [from = "", to = from] = part.trim().split("-");
    return statusCode >= Number(from) && statusCode <= Number(to);
  });

/** Asks a target once, as a balancer does; never throws. */
export function checkHealth(
  target: { host: string; port: number },
  { healthCheck }: Pick<TargetGroup, "healthCheck">,
  signal: AbortSignal,
): Promise<HealthFinding> {
  const port = healthCheck.port === "traffic-port" ? target.port : Number(healthCheck.port);
  return new Promise((resolve) => {
    const fail = (reason: string, description: string) => resolve({ isHealthy: false, reason, description });
    const probe = request(
      {
        host: target.host,
        port,
        path: healthCheck.path,
        agent: false,
        headers: { host: `${target.host}:${port}`, "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
        signal,
      },
      (response) => {
        const { statusCode = 0 } = response;
        response.destroy();
        if (matchesStatus(healthCheck.matcher, statusCode)) resolve({ isHealthy: true });
        else fail("Target.ResponseCodeMismatch", `Health checks failed with these codes: [${statusCode}]`);
      },
    );
    const timer = setTimeout(() => {
      fail("Target.Timeout", "Request timed out");
      probe.destroy();
    }, healthCheck.timeoutS * 1000);
    probe.on("close", () => clearTimeout(timer));
    probe.on("error", () => fail("Target.FailedHealthChecks", "Health checks failed"));
    probe.end();
  });
}
