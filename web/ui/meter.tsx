import { cn } from "./cn.ts";

/** A small bar of a share in percent with its figure; it turns when little is left. */
export const Meter = ({
  label,
  percent,
  warnAtPercent = 80,
  className,
}: {
  /** Named to screen readers, such as "Memory". */
  label: string;
  /** Absent: not measured. */
  percent: number | undefined;
  warnAtPercent?: number;
  className?: string;
}) => {
  if (percent === undefined)
    return (
      <span className={cn("text-muted-foreground text-xs", className)} title={`${label}: not measured yet`}>
        –
      </span>
    );
  const share = Math.min(100, Math.max(0, percent));
  return (
    <span className={cn("inline-flex items-center gap-2", className)} title={`${label}: ${percent.toFixed(1)} %`}>
      <svg
        aria-hidden
        viewBox="0 0 100 1"
        preserveAspectRatio="none"
        className="h-1.5 w-12 shrink-0 rounded-full bg-muted"
      >
        <rect
          width={share}
          height="1"
          className={share >= 95 ? "fill-destructive" : share >= warnAtPercent ? "fill-warning" : "fill-primary"}
        />
      </svg>
      <span className="min-w-8 text-right text-xs tabular-nums">
        <span className="sr-only">{label} </span>
        {Math.round(percent)} %
      </span>
    </span>
  );
};
