import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handleFillMessage } from "@samla/core/builds";
import { type Extractor, FillMessage } from "@samla/core/kernel";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { queues } from "../../infra/resources.ts";
import { createSystemContext, getParts } from "../runtime/compose.ts";
import { withEngineByWords } from "../runtime/engine.ts";
import { createExtractor } from "../runtime/extractor.ts";
import { reportFailure } from "../runtime/queue.ts";

/** Leaves time to hand back what is not done before this process must stop. */
const workMs = 560_000;

/** Reads one file at a time: a reader may take all the memory that there is. */
const oneByOne = (extractor: Extractor): Extractor => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...extractor,
    extract: (input) => {
      const run = last.then(() => {
        input.signal.throwIfAborted();
        return extractor.extract(input);
      });
      last = run.catch(() => undefined);
      return run;
    },
  };
};

const owner = randomUUID();
const extractor = oneByOne(createExtractor());

/** The `fill` queue: looks for documents that a build lacks, and makes what documents need, some of them side by side. */
export const handler = async (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> => {
  const ctx = {
    ...(await withEngineByWords(createSystemContext(lambda.awsRequestId))),
    extractor,
    owner,
    tempFile: () => join(tmpdir(), `source-${randomUUID()}`),
    signal: AbortSignal.timeout(workMs),
    leaseMs: getParts().env.SAMLA_LEASE_MS,
  };
  const failures = await Promise.all(
    event.Records.map(async (record) => {
      const isLast = Number(record.attributes.ApproximateReceiveCount) >= queues.fill.maxReceiveCount;
      try {
        await handleFillMessage(ctx, FillMessage.parse(JSON.parse(record.body)), isLast);
        return [];
      } catch (error) {
        return [await reportFailure(ctx, "fill", record, error)];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
};
