import { readFileSync } from "node:fs";
import { type LocalAwsConfig, startLocalAws } from "../../packages/local-aws/index.ts";

/** A stand-in in a process of its own, so that a test may kill it. Argument: a file with its configuration. */
const aws = await startLocalAws(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as LocalAwsConfig);
console.log("ready");
// The test's end closes this pipe, also when the test itself was killed.
process.stdin.on("end", () => void aws.close().finally(() => process.exit(0))).resume();
