const namespace = "SAMLA/Agents";
const valuesMax = 100;

export type Metrics = {
  /** One answered request. */
  count(request: { status: number; latencyMs: number }): void;
  /** Writes what was counted since the last time, if anything. */
  flush(): void;
};

/**
 * Requests, errors (answers of 500 and above) and latencies, written as lines in CloudWatch's embedded metric format:
 * the log becomes metrics without a call to CloudWatch, and stays readable without CloudWatch.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const createMetrics = (
  dimensions: { Agent: string; Stage: string },
  write: (line: string) => void,
  now: () => number = Date.now,
): Metrics => {
  let requests = 0;
  let errors = 0;
  let latencies: number[] = [];
  const flush = (): void => {
    if (requests === 0) return;
    write(
      `${JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [
            {
              Namespace: namespace,
              Dimensions: [Object.keys(dimensions)],
              Metrics: [
                { Name: "Requests", Unit: "Count" },
                { Name: "Errors", Unit: "Count" },
                { Name: "Latency", Unit: "Milliseconds" },
              ],
            },
          ],
        },
        ...dimensions,
        Requests: requests,
        Errors: errors,
        Latency: latencies,
      })}\n`,
    );
    requests = 0;
    errors = 0;
    latencies = [];
  };
  return {
    count: ({ status, latencyMs }) => {
      requests += 1;
      if (status >= 500) errors += 1;
      latencies.push(Math.round(latencyMs));
      // A value of the format holds 100 numbers at most.
      if (latencies.length >= valuesMax) flush();
    },
    flush,
  };
};
