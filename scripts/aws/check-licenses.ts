import { findProblems } from "./licenses.ts";
import { readLocked } from "./packages.ts";

const packages = (["", "infra"] as const).flatMap(readLocked);
const counts = Map.groupBy(packages, (one) => one.license ?? "none");
for (const [license, list] of [...counts].sort((a, b) => b[1].length - a[1].length))
  console.log(`${String(list.length).padStart(5)}  ${license}`);
const problems = findProblems(packages);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
