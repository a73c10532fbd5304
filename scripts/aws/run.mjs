// npm run build:aws | grants | cloudformation | licenses | sbom | plan | deploy | remove
import { install, root, run, step, stop } from "../tools.mjs";
import { installInfra, runTs, sst } from "./tools.mjs";

const [command = "", ...args] = process.argv.slice(2);

const must = async (file, more) => {
  if (!(await runTs(file, more))) stop(`${file} failed; what it said is above.`);
};

const build = async () => {
  await step("functions and layers", () => must("scripts/aws/build-functions.ts"));
  await step("console", async () => {
    if ((await run(process.execPath, ["scripts/aws/build-console.mjs"])).code !== 0) stop("The console was not built.");
  });
};

/** The same functions that the tests have loaded; the console is built by SST itself, by the command in infra/web.ts. */
const callSst = async (verb) => {
  if (!args.includes("--stage"))
    stop(`Say which stage: npm run ${verb === "diff" ? "plan" : verb} -- --stage production`);
  await step("functions and layers", () => must("scripts/aws/build-functions.ts"));
  const { code } = await run(sst, [verb, ...args], { cwd: root, env: { SST_TELEMETRY_DISABLED: "1" } });
  process.exit(code);
};

const commands = {
  build,
  grants: () => must("infra/testing/derive-grants.ts"),
  cloudformation: () => must("scripts/aws/render-template.ts", args),
  licenses: () => must("scripts/aws/check-licenses.ts"),
  sbom: () => must("scripts/aws/write-sbom.ts"),
  plan: () => callSst("diff"),
  deploy: () => callSst("deploy"),
  remove: () => callSst("remove"),
};

if (!commands[command]) stop(`There is no ${command}. Choose one of ${Object.keys(commands).join(", ")}.`);
await step("packages", install);
await step("packages of infra", installInfra);
await commands[command]();
