import { describe, expect, it } from "vitest";
import { breakerThreshold, planRollout, type RolloutTask, startPauseSeconds } from "./rollout.ts";

type Settings = { desiredCount: number; minimumHealthyPercent: number; maximumPercent: number };

/** Plays a whole release: tasks started become healthy a step later; returns the fewest healthy and the most tasks. */
const play = (settings: Settings) => {
  let next = 0;
  const make = (isPrimary: boolean, isHealthy: boolean): RolloutTask => {
    next += 1;
    return { id: String(next), isPrimary, isHealthy, createdAt: next };
  };
  let tasks = Array.from({ length: settings.desiredCount }, () => make(false, true));
  let fewestHealthy = tasks.length;
  let most = tasks.length;
  for (let step = 0; step < 100; step += 1) {
    const { start, stop } = planRollout({ ...settings, tasks, mayStart: true });
    if (start === 0 && stop.length === 0 && tasks.every(({ isPrimary, isHealthy }) => isPrimary && isHealthy)) break;
    tasks = tasks.filter(({ id }) => !stop.includes(id));
    fewestHealthy = Math.min(fewestHealthy, tasks.filter(({ isHealthy }) => isHealthy).length);
    tasks = tasks.map((task) => ({ ...task, isHealthy: true }));
    for (let count = 0; count < start; count += 1) tasks.push(make(true, false));
    most = Math.max(most, tasks.length);
  }
  return { fewestHealthy, most, done: tasks.length === settings.desiredCount && tasks.every((one) => one.isPrimary) };
};

describe("a rolling deployment", () => {
  it.each([
    { desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 200 },
    { desiredCount: 4, minimumHealthyPercent: 100, maximumPercent: 150 },
    { desiredCount: 4, minimumHealthyPercent: 50, maximumPercent: 100 },
    { desiredCount: 3, minimumHealthyPercent: 67, maximumPercent: 134 },
    { desiredCount: 1, minimumHealthyPercent: 0, maximumPercent: 100 },
    { desiredCount: 10, minimumHealthyPercent: 90, maximumPercent: 110 },
  ])(
    "ends, never below the minimum nor above the maximum: $desiredCount tasks, $minimumHealthyPercent to $maximumPercent %",
    (settings) => {
      const { fewestHealthy, most, done } = play(settings);
      expect(done).toBe(true);
      expect(fewestHealthy).toBeGreaterThanOrEqual(
        Math.ceil((settings.desiredCount * settings.minimumHealthyPercent) / 100),
      );
      expect(most).toBeLessThanOrEqual(Math.floor((settings.desiredCount * settings.maximumPercent) / 100));
    },
  );

  it("keeps every older task while the new ones are not healthy, and stops starting once it has failed", () => {
    const older = ["a", "b"].map((id) => ({ id, isPrimary: false, isHealthy: true, createdAt: 1 }));
    const fresh = ["c", "d"].map((id) => ({ id, isPrimary: true, isHealthy: false, createdAt: 2 }));
    const settings = { desiredCount: 2, minimumHealthyPercent: 100, maximumPercent: 200 };
    expect(planRollout({ ...settings, tasks: [...older, ...fresh], mayStart: true })).toEqual({ start: 0, stop: [] });
    expect(planRollout({ ...settings, tasks: older, mayStart: false })).toEqual({ start: 0, stop: [] });
  });

  it("scales in by the tasks that do not work, then by the youngest", () => {
    const tasks = [
      { id: "old", isPrimary: true, isHealthy: true, createdAt: 1 },
      { id: "young", isPrimary: true, isHealthy: true, createdAt: 3 },
      { id: "sick", isPrimary: true, isHealthy: false, createdAt: 2 },
    ];
    const settings = { desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 200 };
    expect(planRollout({ ...settings, tasks, mayStart: true }).stop).toEqual(["sick", "young"]);
  });
});

describe("the circuit breaker", () => {
  const at = (
    desiredCount: number,
    thresholdConfiguration?: { type: "COUNT" | "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT"; value: number },
  ) =>
    breakerThreshold(
      {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration },
      },
      desiredCount,
    );

  it("trips at half of the desired count, from 3 to 200, unless told otherwise", () => {
    expect([1, 6, 7, 25, 1000].map((count) => at(count))).toEqual([3, 3, 4, 13, 200]);
    expect(at(10, { type: "COUNT", value: 1 })).toBe(1);
    expect(at(2, { type: "UNBOUNDED_PERCENT", value: 50 })).toBe(1);
    expect(at(1000, { type: "UNBOUNDED_PERCENT", value: 50 })).toBe(500);
    expect(at(100, { type: "BOUNDED_PERCENT", value: 10 })).toBe(10);
  });

  it("spaces starts out while tasks keep failing, at most a minute apart", () => {
    expect([0, 1, 2, 3, 10, 1000].map(startPauseSeconds)).toEqual([0, 1, 2, 4, 60, 60]);
  });
});
