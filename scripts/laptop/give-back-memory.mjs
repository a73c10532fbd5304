// Collects a process's garbage wholly when it comes to rest: V8 keeps what its busiest moment took. Imported by processes
// that live as long as the laptop.
import v8 from "node:v8";
import { runInNewContext } from "node:vm";

const lookEveryMs = 15_000;
/** Share of a core below which a process rests. */
const restShare = 0.05;

v8.setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
let hasWorked = true;
let before = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(before);
  const isResting = (user + system) / 1000 < restShare * lookEveryMs;
  if (isResting && hasWorked) collect({ type: "major", execution: "sync", flavor: "last-resort" });
  hasWorked = !isResting;
  before = process.cpuUsage();
}, lookEveryMs).unref();
