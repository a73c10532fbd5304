import type {
  ImageDetail,
  ImageDifferences,
  ImageFindings,
  ImageInventory,
  ImageItem,
  ImageScan,
} from "@samla/contracts";
import { type ImageParts, type ImageState, notFound, requirePermission } from "../kernel/index.ts";
import { attempt, type ImageContext, requireRepository } from "./context.ts";
import { evaluateGate, judgeFindings, stopQuarantined } from "./gate.ts";
import { readInventoryOf } from "./inventory.ts";
import { imageItem, readRepository } from "./list-images.ts";

type Input = { agent: string; digest: string };

const requireImage = async (ctx: ImageContext, { agent, digest }: Input): Promise<ImageState> => {
  requireRepository(ctx, agent);
  const image = await ctx.registry.getImage(agent, digest);
  if (!image) throw notFound("image", digest);
  return image;
};

const findingsOf = async (ctx: ImageContext, agent: string, image: ImageState) =>
  image.scan.state === "complete" ? ctx.registry.listFindings(agent, image.digest) : [];

const jsonOf = (text: string | undefined): ImageDetail["manifest"] => {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as ImageDetail["manifest"];
  } catch {
    return null;
  }
};

/** One image with layers, labels, scan, gate and uses. Throws `not_found`. */
export const getImage = async (ctx: ImageContext, input: Input): Promise<ImageDetail> => {
  requirePermission(ctx, "agents.read");
  const image = await requireImage(ctx, input);
  const { gate, uses, quarantine, problems } = await readRepository(ctx, input.agent);
  const record = quarantine.get(input.digest);
  const [repositories, parts, raw] = await Promise.all([
    ctx.registry.listRepositories(),
    attempt(problems, "Registry", undefined, () => ctx.registry.readParts(input.agent, input.digest)),
    attempt(problems, "Scans", undefined, () => findingsOf(ctx, input.agent, image)),
  ]);
  const repository = repositories.find(({ agent }) => agent === input.agent);
  const scan: ImageScan = raw ? image.scan : { ...image.scan, state: "failed", reason: "The findings cannot be read." };
  return {
    ...(await imageItem(ctx, input.agent, image, uses, record)),
    repository: repository?.name ?? input.agent,
    uri: repository?.uri ?? "",
    layers: parts?.layers ?? [],
    ...(parts?.platform === undefined ? {} : { platform: parts.platform }),
    ...(parts?.user === undefined ? {} : { user: parts.user }),
    entrypoint: parts?.entrypoint ?? [],
    command: parts?.command ?? [],
    labels: parts?.labels ?? {},
    manifest: jsonOf(parts?.labels["com.samla.agent"]),
    gate: stopQuarantined(evaluateGate(input.digest, gate, scan, judgeFindings(raw ?? [], gate)), record),
    problems,
  };
};

/** Findings of an image with their waivers. */
export const getFindings = async (ctx: ImageContext, input: Input): Promise<ImageFindings> => {
  requirePermission(ctx, "agents.read");
  const image = await requireImage(ctx, input);
  const { gate } = await readRepository(ctx, input.agent);
  return { scan: image.scan, items: judgeFindings(await findingsOf(ctx, input.agent, image), gate) };
};

/** Begins a scan; what it finds comes later. Throws `not_found`, `rate_limited` where ECR allows one scan a day. */
export const startScan = async (ctx: ImageContext, input: Input): Promise<ImageScan> => {
  requirePermission(ctx, "images.scan");
  await requireImage(ctx, input);
  await ctx.registry.startScan(input.agent, input.digest);
  return (await requireImage(ctx, input)).scan;
};

/** What an image is made of. */
export const getInventory = async (ctx: ImageContext, input: Input): Promise<ImageInventory> => {
  requirePermission(ctx, "agents.read");
  await requireImage(ctx, input);
  return readInventoryOf(ctx, input.agent, input.digest);
};

const configurationOf = (parts: ImageParts | undefined): Map<string, string> => {
  const pairs: [string, string | undefined][] = [
    ["platform", parts?.platform],
    ["user", parts?.user],
    ["entrypoint", parts?.entrypoint.join(" ")],
    ["command", parts?.command.join(" ")],
    ...(parts?.environment ?? []).map((line): [string, string] => {
      const at = line.indexOf("=");
      return [`environment ${line.slice(0, at)}`, line.slice(at + 1)];
    }),
    ...Object.entries(parts?.labels ?? {}).map(([name, value]): [string, string] => [`label ${name}`, value]),
  ];
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ""));
};

const changesOf = (before: Map<string, string>, after: Map<string, string>) =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }));

/** What another image of the repository changes: layers, packages, findings, configuration. */
export const getDifferences = async (ctx: ImageContext, input: Input & { to: string }): Promise<ImageDifferences> => {
  requirePermission(ctx, "agents.read");
  const { agent } = input;
  const states = await Promise.all([input.digest, input.to].map((digest) => requireImage(ctx, { agent, digest })));
  const { gate, uses, quarantine, problems } = await readRepository(ctx, agent);
  const sides = await Promise.all(
    states.map(async (state) => ({
      item: await imageItem(ctx, agent, state, uses, quarantine.get(state.digest)),
      parts: await attempt(problems, "Registry", undefined, () => ctx.registry.readParts(agent, state.digest)),
      inventory: await attempt(problems, "Inventory", undefined, () => readInventoryOf(ctx, agent, state.digest)),
      findings: await attempt(problems, "Scans", [], async () =>
        judgeFindings(await findingsOf(ctx, agent, state), gate),
      ),
      scanned: state.scan.state === "complete",
    })),
  );
  const [from, to] = sides;
  if (!from || !to) throw notFound("image", input.to);
  for (const side of sides)
    if (!side.scanned)
      problems.push(`${side.item.digest.slice(0, 19)} has no complete scan: its findings are not compared.`);
  const comparable = from.scanned && to.scanned;
  const layersOf = (parts: ImageParts | undefined) =>
    (parts?.layers ?? []).map(({ digest, sizeBytes }) => ({ digest, sizeBytes }));
  const [before, after] = [layersOf(from.parts), layersOf(to.parts)];
  const has = (list: { digest: string }[], digest: string) => list.some((one) => one.digest === digest);
  const keyOf = (one: { id: string; package: string }): string => `${one.id} ${one.package}`;
  const keys = [from, to].map((side) => new Set(side.findings.map(keyOf)));
  // Several versions of a package may lie in one image.
  const versions = (side: typeof from): Map<string, string> => {
    const found = new Map<string, string>();
    for (const { ecosystem, name, version } of side.inventory?.packages ?? []) {
      const key = `${ecosystem} ${name}`;
      found.set(key, found.has(key) ? `${found.get(key)}, ${version}` : version);
    }
    return found;
  };
  return {
    from: from.item satisfies ImageItem,
    to: to.item,
    layers: {
      same: before.filter(({ digest }) => has(after, digest)),
      removed: before.filter(({ digest }) => !has(after, digest)),
      added: after.filter(({ digest }) => !has(before, digest)),
    },
    packages: changesOf(versions(from), versions(to)).map(({ name, ...versionsOf }) => {
      const [ecosystem = "", ...rest] = name.split(" ");
      return { name: rest.join(" "), ecosystem, ...versionsOf };
    }),
    findings: {
      fixed: comparable ? from.findings.filter((one) => !keys[1]?.has(keyOf(one))) : [],
      added: comparable ? to.findings.filter((one) => !keys[0]?.has(keyOf(one))) : [],
    },
    configuration: changesOf(configurationOf(from.parts), configurationOf(to.parts)),
    problems,
  };
};
