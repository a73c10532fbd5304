import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRegistryAuthorization } from "../packages/aws/registry/token.ts";
import { buildDir, root } from "./build.ts";
import { buildImage } from "./image/build-image.ts";
import { buildWithDocker, hasDocker } from "./image/build-with-docker.ts";
import { parseRepository } from "./image/parse-repository.ts";
import { pushImage } from "./image/push-image.ts";
import { createSettings } from "./laptop/settings.ts";

const usage = `
  npm run image -- <agent> [--tag <tag>] [--push <registry>/<repository>] [--without-docker]

  Builds the image of agents/<agent>: with Docker where there is one, else directly.
  --push            for example 127.0.0.1:4566/samla/laptop/answer or
                    123456789012.dkr.ecr.eu-central-1.amazonaws.com/samla/production/answer
  --tag             another tag than the commit's
  --without-docker  directly, though Docker is there
`;

const agentsIn = (): string[] =>
  readdirSync(join(root, "agents"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "agents", entry.name, "agent.json")))
    .map(({ name }) => name)
    .sort();

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tag: { type: "string" },
      push: { type: "string" },
      "without-docker": { type: "boolean", default: false },
    },
  });
  const [agent] = positionals;
  const agents = agentsIn();
  if (agent === undefined || positionals.length !== 1)
    throw new Error(`Name one agent: ${agents.join(", ")}.\n${usage}`);
  if (!agents.includes(agent))
    throw new Error(`There is no agents/${agent}. There are ${agents.join(", ") || "none"}.`);
  const repository = values.push === undefined ? undefined : parseRepository(values.push);

  const dir = join(buildDir, "build", "images");
  const options = { root, agentDir: join("agents", agent), dir };
  const withDocker = !values["without-docker"] && existsSync(join(root, options.agentDir, "Dockerfile")) && hasDocker();
  const image = withDocker ? buildWithDocker(options) : await buildImage(options);
  const tag = values.tag ?? image.tag;
  const megabytes = (sizeBytes: number): string => `${(sizeBytes / 1e6).toFixed(1)} MB`;
  console.log(
    `\n  ${agent} ${tag}, ${megabytes(image.sizeBytes)}, built ${withDocker ? "with Docker" : "directly"}\n  ${image.digest}`,
  );
  if (!repository) return console.log("\n  Not pushed: name a repository with --push.\n");
  if (process.platform !== "linux" && repository.region !== undefined)
    throw new Error(`An image for ${process.platform} does not run on AWS. Build it on Linux, or with Docker.`);

  const laptop = createSettings({ web: 3000, aws: 4566 });
  const { digest, sentBytes } = await pushImage(
    image,
    {
      url: repository.url,
      repository: repository.name,
      authorization: createRegistryAuthorization(
        repository.region === undefined
          ? { endpoint: repository.url, region: laptop.region, credentials: laptop.credentials }
          : { region: repository.region },
      ),
    },
    tag,
  );
  console.log(`  pushed to ${values.push}:${tag}, ${megabytes(sentBytes)} sent\n  ${values.push}@${digest}\n`);
};

main().catch((error: unknown) => {
  console.error(`\n  ✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
