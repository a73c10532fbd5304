import { cn } from "./cn.ts";

/** A bar from 0 to 1; without a value it says only that something goes on. */
export const Progress = ({ value, label, className }: { value?: number; label: string; className?: string }) => (
  <div className={cn("h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}>
    <progress className="sr-only" aria-label={label} {...(value === undefined ? {} : { value, max: 1 })} />
    <svg aria-hidden className="block h-full w-full" preserveAspectRatio="none" viewBox="0 0 100 1">
      {value === undefined ? (
        <rect width="35" height="1" className="animate-pulse fill-primary" />
      ) : (
        <rect width={Math.min(1, Math.max(0, value)) * 100} height="1" className="fill-primary transition-[width]" />
      )}
    </svg>
  </div>
);
