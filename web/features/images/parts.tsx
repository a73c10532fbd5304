import type { ImageItem, ImageScan } from "@samla/contracts";
import type { Protection } from "@samla/contracts/plain";
import { ShieldAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { formatPlural } from "../../lib/format.ts";
import { releasePath, taskPath } from "../../lib/paths.ts";
import { SeverityCounts } from "../../lib/severity.tsx";
import { Badge } from "../../ui/badge.tsx";
import { cn } from "../../ui/cn.ts";

const protectionLabels: Record<Protection, string> = {
  running: "runs now",
  releasing: "being released",
  pinned: "pinned",
  "roll-back": "can be rolled back to",
};
export const protectionLabel = (protection: Protection): string => protectionLabels[protection];

/** A part of a page with its name. */
export const Part = ({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) => (
  <section aria-label={title} className="min-w-0">
    <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
      <h3 className="font-medium text-sm">{title}</h3>
      {aside}
    </div>
    {children}
  </section>
);

const scanWords: Record<Exclude<ImageScan["state"], "complete">, string> = {
  running: "being scanned",
  failed: "scan failed",
  unsupported: "cannot be scanned",
  none: "not scanned",
};

/** What the scan found; an image without a complete scan is never shown as clean. */
export const ScanResult = ({ scan }: { scan: ImageScan }) =>
  scan.state === "complete" ? (
    <SeverityCounts counts={scan.counts} />
  ) : (
    <Badge tone="warning" title={scan.reason}>
      <ShieldAlert aria-hidden /> {scanWords[scan.state]}
    </Badge>
  );

/** Where an image runs, and where one could go back to it. */
export const ImageUse = ({ image }: { image: Pick<ImageItem, "agent" | "runs" | "releases" | "protectedBy"> }) => {
  const back = image.releases.filter((release) => release.canRollBack);
  const [first] = image.runs;
  if (image.runs.length === 0 && back.length === 0 && image.protectedBy.length === 0)
    return <span className="text-muted-foreground text-xs">nowhere</span>;
  return (
    <span className="flex flex-wrap gap-1 text-xs">
      {first ? (
        <Link href={image.runs.length === 1 ? taskPath(first.agent, first.taskId) : `/agents/${first.agent}/tasks`}>
          <Badge tone="success" className="hover:underline">
            runs in {formatPlural(image.runs.length, "task")}
          </Badge>
        </Link>
      ) : null}
      {back.slice(0, 2).map((release) => (
        <Link key={release.releaseId} href={releasePath(release.agent, release.releaseId)}>
          <Badge className="hover:underline">roll back: {release.n}</Badge>
        </Link>
      ))}
      {back.length > 2 ? <Badge>and {back.length - 2} more</Badge> : null}
      {image.protectedBy.includes("pinned") ? <Badge tone="warning">pinned</Badge> : null}
    </span>
  );
};

/** Parts of AWS that did not answer: what is missing here is not known, which is not the same as nothing. */
export const Problems = ({ problems }: { problems: readonly string[] }) =>
  problems.length === 0 ? null : (
    <div role="status" className="mb-3 rounded-lg border border-warning bg-warning-soft px-4 py-2.5 text-sm">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert className="size-4 shrink-0 text-warning" aria-hidden /> Not everything could be asked
      </p>
      <ul className="mt-1 list-disc pl-10 text-xs">
        {problems.map((problem) => (
          <li key={problem} className="wrap-anywhere">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );

/** Links between pages that belong together. */
export const PageTabs = ({ label, tabs }: { label: string; tabs: readonly { href: string; label: string }[] }) => {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="mb-5 flex gap-4 overflow-x-auto border-b">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.href === pathname ? "page" : undefined}
          className={cn(
            "-mb-px inline-flex h-9 items-center whitespace-nowrap border-b-2 px-0.5 font-medium text-sm transition-colors focus-visible:outline-offset-[-2px]",
            tab.href === pathname
              ? "border-primary text-foreground"
              : "border-transparent text-muted-foreground hover:text-foreground",
          )}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
};

export const registryTabs = [
  { href: "/images", label: "Repositories" },
  { href: "/images/findings", label: "Findings" },
  { href: "/images/replication", label: "Replication" },
];
