// One Lambda environment: loads the handler as the runtime does, answers the events of its standard input, one a line.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const startedAt = performance.now();
const { handler } = await import(pathToFileURL(`${process.cwd()}/index.mjs`).href);
const importMs = performance.now() - startedAt;

for await (const line of createInterface({ input: process.stdin })) {
  const calledAt = performance.now();
  const context = {
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => 30_000,
  };
  const answer = await handler(JSON.parse(line), context).then(
    (result) => ({ result }),
    (error) => ({ error: String(error?.stack ?? error) }),
  );
  const figures = {
    importMs: Math.round(importMs),
    callMs: Math.round(performance.now() - calledAt),
    memoryMb: Math.round(process.memoryUsage().rss / 1e6),
  };
  process.stdout.write(`\u001e${JSON.stringify({ ...answer, ...figures })}\n`);
}
process.exit(0);
