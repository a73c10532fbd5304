/** Child process of the kill tests: ECS in the folder given, until it is killed. Prints `ready <url>`. */
import { startTestEcs } from "./testing.ts";

const { url } = await startTestEcs({ dir: process.argv[2], secondMs: 400 });
process.stdout.write(`ready ${url}\n`);
