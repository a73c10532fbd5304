// Builds the console as Lambda gets it: Next.js, then OpenNext. SST runs this too, from `web/`.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const nodeBin = join(root, "node_modules", "node", "bin");

const { status } = spawnSync(
  join(nodeBin, "node"),
  [join(root, "infra", "node_modules", "@opennextjs", "aws", "dist", "index.js"), "build"],
  {
    cwd: join(root, "web"),
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${nodeBin}:${process.env.PATH ?? ""}`,
      NEXT_TELEMETRY_DISABLED: "1",
      NODE_ENV: "production",
    },
  },
);
process.exit(status ?? 1);
