import type { AgentItem } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { manifestOf } from "./manifest.ts";
import { Part } from "./parts.tsx";

const mebibyte = 1024 * 1024;
const needWords = {
  none: "no credentials of its own",
  optional: "may have credentials of its own",
  required: "credentials of its own",
};

/** What the live image says of itself: what it is, what it needs, how it is reached. */
export const ManifestCard = ({
  manifest: json,
  needs: { title, description, index },
}: {
  manifest: unknown;
  needs: Pick<AgentItem, "title" | "description" | "index">;
}) => {
  const manifest = manifestOf(json);
  const rows = manifest
    ? [
        { label: "Version", value: manifest.version },
        { label: "Takes", value: `${manifest.cpu / 1024} CPU, ${formatBytes(manifest.memoryMb * mebibyte)}` },
        {
          label: "Health",
          value: `${manifest.health.path} on port ${manifest.port}, within ${manifest.health.startSeconds} s`,
        },
        {
          label: "Scales",
          value: `${manifest.scaling.minTasks} to ${manifest.scaling.maxTasks} tasks at ${manifest.scaling.cpuTargetPercent} % CPU`,
        },
        {
          label: "Needs",
          value: [
            ...(manifest.needs.index ? [`an index${index ? `: ${index}` : ""}`] : []),
            ...(manifest.needs.embedder ? ["an embedder"] : []),
            needWords[manifest.needs.credentials],
          ].join(", "),
        },
      ]
    : [];
  return (
    <Part title="Card">
      <div className="rounded-lg border bg-card px-4 py-3 text-sm">
        <p className="font-medium">{manifest?.title ?? title}</p>
        <p className="mt-0.5 text-pretty text-muted-foreground text-xs">{manifest?.description ?? description}</p>
        {manifest ? (
          <dl className="mt-3 grid gap-1">
            {rows.map(({ label, value }) => (
              <div key={label} className="flex gap-3 text-xs">
                <dt className="w-16 shrink-0 text-muted-foreground">{label}</dt>
                <dd className="wrap-anywhere min-w-0">{value}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p className="mt-2 text-muted-foreground text-xs">
            Its image carries no manifest, so its needs cannot be checked.
          </p>
        )}
      </div>
    </Part>
  );
};
