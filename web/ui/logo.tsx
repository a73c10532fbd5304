import { cn } from "./cn.ts";

/** The mark: lines of text gathered into an S, the middle one marked, as a hit is. */
export const LogoMark = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 24 24" aria-hidden className={cn("size-6", className)}>
    <rect width="24" height="24" rx="6" className="fill-primary" />
    <rect x="8" y="5.5" width="10.5" height="3" rx="1.5" className="fill-primary-foreground" />
    <rect x="5.5" y="10.5" width="13" height="3" rx="1.5" className="fill-[#f5d547]" />
    <rect x="5.5" y="15.5" width="10.5" height="3" rx="1.5" className="fill-primary-foreground" />
  </svg>
);

export const Logo = ({ className }: { className?: string }) => (
  <span className={cn("inline-flex items-center gap-2", className)}>
    <LogoMark />
    <span className="font-semibold text-lg tracking-[-0.03em]">samla</span>
  </span>
);
