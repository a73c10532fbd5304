import {
  findingSeverities,
  type GateResult,
  type GateSettings,
  type ImageFinding,
  type ImageScan,
  imageLimits,
  isAtLeast,
  type Quarantine,
  type SeverityCounts,
  type Waiver,
} from "@samla/contracts";
import { type RawFinding, requirePermission } from "../kernel/index.ts";
import { type ImageContext, requireRepository } from "./context.ts";

const namedMax = 5;

/** An agent's gate before anybody set it: high and worse stand in the way. */
export const usualGate = (agent: string): GateSettings => ({
  agent: agent,
  threshold: "high",
  keepReleases: imageLimits.keepReleases,
  waivers: [],
  revision: 0,
});

/** A waiver's state now: it ends by itself on its day. */
export const waiverAt = (waiver: Waiver, nowMs: number): Waiver => ({
  ...waiver,
  state: waiver.endedAt !== undefined ? "ended" : Date.parse(waiver.until) <= nowMs ? "expired" : "active",
});

/** The agent's threshold and waivers, each waiver with its state now. */
export const readGate = async (ctx: Pick<ImageContext, "gates" | "now">, agent: string): Promise<GateSettings> => {
  const found = (await ctx.gates.getGate(agent)) ?? usualGate(agent);
  return { ...found, waivers: found.waivers.map((one) => waiverAt(one, ctx.now())) };
};

/** ECR's UNDEFINED and what it may add are `untriaged`. */
export const severityOf = (text: string): ImageFinding["severity"] => {
  const lower = text.toLowerCase();
  return findingSeverities.find((one) => one === lower) ?? "untriaged";
};

/** The waiver that ran out last of those that covered a finding. */
const ranOut = (gate: GateSettings, { id, package: name }: RawFinding): Waiver | undefined =>
  gate.waivers
    .filter((one) => one.state === "expired" && one.findingId === id && (one.package ?? name) === name)
    .sort((a, b) => Date.parse(b.until) - Date.parse(a.until))[0];

/** Findings with their waivers, and whether each stands in the way. */
export const judgeFindings = (raw: readonly RawFinding[], gate: GateSettings): ImageFinding[] =>
  raw.map((one) => {
    const severity = severityOf(one.severity);
    const waiver = gate.waivers.find(
      ({ state, findingId, package: name }) =>
        state === "active" && findingId === one.id && (name === undefined || name === one.package),
    );
    const blocks = isAtLeast(severity, gate.threshold) && waiver === undefined;
    const reopened = blocks ? ranOut(gate, one) : undefined;
    return { ...one, severity, ...(waiver ? { waiver } : {}), ...(reopened ? { reopened } : {}), blocks };
  });

export const countFindings = (findings: readonly { severity: ImageFinding["severity"] }[]): SeverityCounts => {
  const counts: SeverityCounts = {};
  for (const { severity } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

const scanObstacles: Record<Exclude<ImageScan["state"], "complete">, [sentence: string, nextStep: string]> = {
  none: ["The image has not been scanned, which counts as not safe.", "Start a scan and wait until it is done."],
  running: ["The scan of the image is not done yet.", "Wait until it is done, then try again."],
  failed: [
    "The scan of the image failed, which counts as not safe.",
    "Start the scan again; the image tells why it failed.",
  ],
  unsupported: [
    "The scanner cannot read what the image is made of, which counts as not safe.",
    "Build it with npm run image, or from a base that tells its packages.",
  ],
};

const noteOf = ({ owner, reason, until }: Waiver) => ({ owner, reason, until });

/** Judges an image: complete scan, and nothing at or over the threshold without a waiver that holds. */
export const evaluateGate = (
  digest: string,
  gate: GateSettings,
  scan: ImageScan,
  findings: readonly ImageFinding[],
): GateResult => {
  const severe = findings.filter(({ severity }) => isAtLeast(severity, gate.threshold));
  const blocking = severe.filter(({ blocks }) => blocks);
  const result = {
    digest,
    threshold: gate.threshold,
    scan: scan.state,
    ...(scan.at === undefined ? {} : { scannedAt: scan.at }),
    counts: countFindings(findings),
    findings: severe.map(({ id, severity, package: name, version, fixedIn, waiver, reopened }) => ({
      id,
      severity,
      package: name,
      version,
      ...(fixedIn === undefined ? {} : { fixedIn }),
      ...(waiver ? { waiver: noteOf(waiver) } : {}),
      ...(reopened ? { reopened: noteOf(reopened) } : {}),
    })),
  };
  if (scan.state !== "complete") {
    const [sentence, nextStep] = scanObstacles[scan.state];
    return { ...result, passed: false, obstacles: [sentence], nextStep };
  }
  const obstacles = blocking
    .slice(0, namedMax)
    .map(
      ({ id, severity, package: name, version, fixedIn, reopened }) =>
        `${id} (${severity}) is in ${name} ${version}${fixedIn === undefined ? "" : `, mended in ${fixedIn}`}${reopened ? `; its waiver by ${reopened.owner} ran out on ${reopened.until.slice(0, 10)}` : ""}.`,
    );
  if (blocking.length > namedMax) obstacles.push(`${blocking.length - namedMax} more findings are as severe.`);
  return {
    ...result,
    passed: obstacles.length === 0,
    obstacles,
    ...(obstacles.length === 0
      ? {}
      : {
          nextStep:
            "Build the image with the mended packages, or waive the finding with an owner, a reason and an end date.",
        }),
  };
};

/** An image that somebody deleted goes nowhere, however clean it is. */
export const stopQuarantined = (result: GateResult, quarantine: Quarantine | undefined): GateResult =>
  quarantine
    ? {
        ...result,
        passed: false,
        obstacles: [
          `The image is in quarantine since ${quarantine.by.name} deleted it on ${quarantine.at.slice(0, 10)}: ${quarantine.reason}`,
          ...result.obstacles,
        ],
        nextStep: "Restore it, or choose another image.",
      }
    : result;

/** The gate of one image, without asking who reads it: releases are judged by it. Throws `not_found`. */
export const judgeImage = async (
  ctx: Pick<ImageContext, "registry" | "gates" | "ledger" | "now" | "platform">,
  agent: string,
  digest: string,
): Promise<GateResult> => {
  requireRepository(ctx, agent);
  const [gate, image, quarantine] = await Promise.all([
    readGate(ctx, agent),
    ctx.registry.getImage(agent, digest),
    ctx.ledger.getQuarantined(agent, digest),
  ]);
  const scan: ImageScan = image?.scan ?? { state: "none", counts: {} };
  const raw = scan.state === "complete" ? await ctx.registry.listFindings(agent, digest) : [];
  const result = stopQuarantined(evaluateGate(digest, gate, scan, judgeFindings(raw, gate)), quarantine);
  if (image) return result;
  return {
    ...result,
    obstacles: ["The repository has no such image."],
    nextStep: "Push the image, or choose another one.",
  };
};

/** The gate of one image, for who may see it. */
export const getGate = async (ctx: ImageContext, input: { agent: string; digest: string }): Promise<GateResult> => {
  requirePermission(ctx, "agents.read");
  return judgeImage(ctx, input.agent, input.digest);
};
