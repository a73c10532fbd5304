import type { FindingSeverity } from "@samla/contracts";
import { findingSeverities } from "@samla/contracts/plain";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { cn } from "../ui/cn.ts";

const tones: Record<FindingSeverity, BadgeTone> = {
  critical: "danger",
  high: "danger",
  medium: "warning",
  low: "neutral",
  informational: "outline",
  untriaged: "outline",
};

export const SeverityBadge = ({ severity }: { severity: FindingSeverity }) => (
  <Badge tone={tones[severity]} className="capitalize">
    {severity}
  </Badge>
);

/** How many findings of each severity, worst first; says so when there are none. */
export const SeverityCounts = ({
  counts,
  className,
}: {
  counts: Partial<Record<FindingSeverity, number>>;
  className?: string;
}) => {
  const found = findingSeverities.filter((severity) => (counts[severity] ?? 0) > 0);
  if (found.length === 0) return <span className={cn("text-muted-foreground text-xs", className)}>no findings</span>;
  return (
    <span className={cn("inline-flex flex-wrap gap-1", className)}>
      {found.map((severity) => (
        <Badge key={severity} tone={tones[severity]} className="tabular-nums" title={`${counts[severity]} ${severity}`}>
          {counts[severity]} <span className="font-normal">{severity}</span>
        </Badge>
      ))}
    </span>
  );
};
