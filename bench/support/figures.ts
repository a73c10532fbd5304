/** The value below which the share `p` (0 to 1) of the values lies. */
export const percentile = (values: readonly number[], p: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
};

/**
 * The interval in which the mean lies in 95 of 100 draws, with replacement, of as many values: what other questions of
 * the kind would make of it (Efron's bootstrap by percentiles). Draws the same each time.
 */
export const bootstrapInterval = (values: readonly number[], draws = 10_000): [number, number] => {
  // A linear congruential generator (Numerical Recipes), so that a run can be repeated.
  let state = 20_261_123;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * values.length);
  };
  const means = Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) sum += values[next()] ?? 0;
    return sum / values.length;
  });
  return [percentile(means, 0.025), percentile(means, 0.975)];
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Times each call one after another, in milliseconds. */
export const timeEach = async <T>(inputs: readonly T[], call: (input: T) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (const input of inputs) {
    const startedAt = performance.now();
    await call(input);
    times.push(performance.now() - startedAt);
  }
  return times;
};

/** Calls per second with so many clients at once. */
export const throughput = async <T>(
  inputs: readonly T[],
  clients: number,
  call: (input: T) => Promise<unknown>,
): Promise<number> => {
  const queue = [...inputs];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let input = queue.shift(); input !== undefined; input = queue.shift()) await call(input);
    }),
  );
  return inputs.length / ((performance.now() - startedAt) / 1000);
};

/** A Markdown table. */
export const formatTable = (head: string[], rows: (string | number)[][]): string =>
  [head, head.map(() => "---"), ...rows]
    .map(
      (row) =>
        `| ${row.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 10 ? 2 : 1) : cell)).join(" | ")} |`,
    )
    .join("\n");

export const machineLine = async (): Promise<string> => {
  const { cpus, totalmem, loadavg } = await import("node:os");
  return `${cpus().length} cores (${cpus()[0]?.model ?? "?"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)} at the start`;
};
