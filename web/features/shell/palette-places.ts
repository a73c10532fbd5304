import { Bot, Container, FolderSync, History, type LucideIcon, ScrollText, ServerCog } from "lucide-react";
import {
  agentPath,
  imagePath,
  imagesPath,
  newReleasePath,
  releasePath,
  repositoryPath,
  runPath,
} from "../../lib/paths.ts";

/** A place that the palette leads to beside the panels. */
export type PalettePlace = {
  id: string;
  label: string;
  /** Other words it goes by. */
  words: string;
  href: string;
  icon: LucideIcon;
  aside?: string;
  /** Shown before anything is typed. */
  isFirst?: true;
};

type Agent = {
  name: string;
  health: string;
  image?: { digest: string; tag?: string | undefined } | undefined;
  busy?: { releaseId: string; n: number } | undefined;
  lastRelease?: { id: string; n: number } | undefined;
};

/** The one agent that has runs. */
const syncing = "sync";
const parts = [
  { path: "tasks?state=stopped", label: "Stopped tasks of", words: "crash exit code last lines why", icon: ServerCog },
  { path: "tasks", label: "Tasks of", words: "running containers", icon: ServerCog },
  { path: "logs", label: "Log of", words: "logs lines tail", icon: ScrollText },
  { path: "releases", label: "Releases of", words: "history deployments roll back", icon: History },
] as const;

/** The agents with their pages, the images that run, and the repositories; what is going on first. */
export const placesOf = (agents: readonly Agent[], may: (permission: "agents.release" | "agents.logs") => boolean) =>
  agents.flatMap((agent): PalettePlace[] => {
    const { name, image, busy, lastRelease } = agent;
    const places: PalettePlace[] = [
      {
        id: `agent ${name}`,
        label: `Agent ${name}`,
        words: "open overview health",
        href: agentPath(name),
        icon: Bot,
        aside: agent.health,
        isFirst: true,
      },
    ];
    if (busy)
      places.push({
        id: `busy ${name}`,
        label: `Release ${busy.n} of ${name}, on its way`,
        words: "watch rolling deployment",
        href: releasePath(name, busy.releaseId),
        icon: History,
        isFirst: true,
      });
    if (name === syncing)
      places.push({
        id: "runs",
        label: `Runs of ${name}`,
        words: "synchronise folder source report dry",
        href: agentPath(name, "runs"),
        icon: FolderSync,
      });
    for (const part of parts) {
      if (part.path === "logs" && !may("agents.logs")) continue;
      places.push({
        id: `${part.path} ${name}`,
        label: `${part.label} ${name}`,
        words: `agent ${part.words}`,
        href: agentPath(name, part.path),
        icon: part.icon,
      });
    }
    if (!busy && lastRelease)
      places.push({
        id: `last ${name}`,
        label: `Last release of ${name}: ${lastRelease.n}`,
        words: "verdict agent",
        href: releasePath(name, lastRelease.id),
        icon: History,
      });
    if (!busy && may("agents.release"))
      places.push({
        id: `release ${name}`,
        label: `Release ${name}…`,
        words: "deploy new image agent",
        href: newReleasePath(name),
        icon: History,
      });
    if (image)
      places.push({
        id: `image ${name}`,
        label: `Image that runs as ${name}`,
        words: `${image.tag ?? ""} ${image.digest} findings scan`,
        href: imagePath(name, image.digest),
        icon: Container,
        aside: image.tag ?? image.digest.slice(7, 19),
      });
    places.push({
      id: `repository ${name}`,
      label: `Images of ${name}`,
      words: "repository tags findings gate",
      href: repositoryPath(name),
      icon: Container,
    });
    return places;
  });

const runIdPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const releaseIdPattern = /^rel_[0-9A-HJKMNP-TV-Z]{26}$/i;
const digestPattern = /^(?:sha256:)?[0-9a-f]{64}$/;
const taskIdPattern = /^[0-9a-f]{32}$/;

/** Pages that a pasted id may lead to: a release, a task or an image of each agent, a run. */
export const placesOfId = (text: string, agents: readonly { name: string }[]): PalettePlace[] => {
  const typed = text.trim();
  const each = (kind: string, icon: LucideIcon, href: (name: string) => string): PalettePlace[] =>
    agents.map(({ name }) => ({
      id: `${kind} ${name} ${typed}`,
      label: `${kind} of ${name}`,
      words: typed,
      href: href(name),
      icon,
      aside: typed.slice(0, 14),
    }));
  if (releaseIdPattern.test(typed)) return each("Release", History, (name) => releasePath(name, typed));
  if (taskIdPattern.test(typed)) return each("Task", ServerCog, (name) => agentPath(name, `tasks/${typed}`));
  if (digestPattern.test(typed))
    return each("Image", Container, (name) => imagePath(name, typed.startsWith("sha256:") ? typed : `sha256:${typed}`));
  if (runIdPattern.test(typed))
    return [
      { id: `run ${typed}`, label: "Run of sync", words: typed, href: runPath(syncing, typed), icon: FolderSync },
    ];
  return [];
};

export const findingsPlace: PalettePlace = {
  id: "findings",
  label: "Findings in all images",
  words: "vulnerabilities cve advisories severity",
  href: `${imagesPath}/findings`,
  icon: Container,
};
