import { startLocalAws } from "../../packages/local-aws/index.ts";
import { standInConfig } from "./world.ts";

const aws = await startLocalAws(standInConfig(process.argv[2] ?? "", Number(process.argv[3] ?? 0)));
console.log(aws.url);
