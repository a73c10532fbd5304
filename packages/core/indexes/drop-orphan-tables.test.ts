import { describe, expect, it } from "vitest";
import { openWorld, ready } from "../documents/testing-journey.ts";
import { deleteIndex, dropOrphanTables } from "./index.ts";

const hour = 3_600_000;

describe("tables without a build", () => {
  it("go once they are an hour old, as after a deletion that died before it dropped its table", async () => {
    const world = await openWorld();
    await ready(world, "a.txt", "secret words");
    const [table] = [...world.table.tables.keys()];
    world.ctx.engine.dropTable = () => Promise.reject(new Error("the process died"));
    await expect(deleteIndex(world.ctx, { index: "library", confirm: "library" })).rejects.toThrow("died");
    world.rows.builds.clear();
    world.ctx.engine.dropTable = async (name) => void world.table.tables.delete(name);
    const madeAtMs = Date.now();
    world.clock.now = madeAtMs + hour / 2;
    expect(await dropOrphanTables(world.ctx)).toEqual([]);
    world.clock.now = madeAtMs + 2 * hour;
    expect(await dropOrphanTables(world.ctx)).toEqual([table]);
    expect(world.table.tables.size).toBe(0);
  });

  it("are those only: tables of builds and names that are not ours stay", async () => {
    const world = await openWorld();
    world.table.tables.set("somebody-elses", []);
    world.clock.now = Date.now() + 24 * hour;
    expect(await dropOrphanTables(world.ctx)).toEqual([]);
    expect(world.table.tables.size).toBe(2);
  });
});
