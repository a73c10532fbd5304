import type { ReleaseChange } from "@samla/contracts";
import { shortDigest } from "../../lib/image-id.tsx";
import { cn } from "../../ui/cn.ts";

const labels: Record<string, string> = {
  "image.digest": "Image",
  "image.tag": "Tag",
  "image.commit": "Commit",
  port: "Port",
  healthPath: "Health path",
  cpu: "CPU units",
  memory: "Memory, MiB",
  minTasks: "Tasks at least",
  maxTasks: "Tasks at most",
  cpuTarget: "CPU target, %",
  secretArn: "Secret",
};
const labelOf = (path: string): string => labels[path] ?? labels[path.replace(/^config\./, "")] ?? path;

const textOf = (path: string, value: unknown): string => {
  if (value === undefined || value === null || value === "") return "none";
  if (path === "image.digest" && typeof value === "string") return shortDigest(value);
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** What differs between two releases, a line a setting. */
export const ReleaseChanges = ({
  changes,
  empty = "Image and settings are the same.",
  className,
}: {
  changes: readonly ReleaseChange[];
  empty?: string;
  className?: string;
}) =>
  changes.length === 0 ? (
    <p className="text-muted-foreground text-sm">{empty}</p>
  ) : (
    <ul className={cn("divide-y rounded-lg border bg-card text-sm", className)}>
      {changes.map(({ path, before, after }) => (
        <li key={path} className="grid gap-x-4 gap-y-0.5 px-3 py-2 sm:grid-cols-[minmax(8rem,12rem)_1fr]">
          <span className="wrap-anywhere font-medium" title={path}>
            {labelOf(path)}
          </span>
          <span className="wrap-anywhere min-w-0">
            <span className="sr-only">before: </span>
            <del className="text-muted-foreground">{textOf(path, before)}</del>
            <span className="mx-1.5 text-muted-foreground" aria-hidden>
              →
            </span>
            <span className="sr-only">, after: </span>
            <ins className="font-medium no-underline">{textOf(path, after)}</ins>
          </span>
        </li>
      ))}
    </ul>
  );
