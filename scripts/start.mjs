import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkMachine, install, isPortFree, node24, root, step, stop, toolEnv } from "./tools.mjs";

const webPort = Number(process.env.SAMLA_PORT ?? 3000);
const awsPort = Number(process.env.SAMLA_AWS_PORT ?? 4566);

console.log("\n  SAMLA\n");
checkMachine();
for (const [port, name] of [
  [webPort, "SAMLA_PORT"],
  [awsPort, "SAMLA_AWS_PORT"],
])
  if (!(await isPortFree(port)))
    stop(
      `Port ${port} is in use by another program (perhaps SAMLA runs already). End it, or choose another port: ${name}=${port + 1} npm start`,
    );
await step("packages", install);

const child = spawn(node24, [join(root, "scripts", "laptop.ts")], {
  cwd: root,
  stdio: ["inherit", "inherit", "inherit"],
  env: toolEnv({ SAMLA_PORT: String(webPort), SAMLA_AWS_PORT: String(awsPort) }),
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => child.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 0)));
