import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A grey shape that holds the place of what is being loaded; give it the size of what comes. */
export const Skeleton = ({ className, ...rest }: ComponentProps<"div">) => (
  <div aria-hidden className={cn("animate-pulse rounded-sm bg-muted", className)} {...rest} />
);

/** Says "loading" to screen readers around skeletons. */
export const LoadingRegion = ({
  label = "Loading",
  className,
  children,
  ...rest
}: ComponentProps<"div"> & { label?: string }) => (
  <div role="status" aria-label={label} className={className} {...rest}>
    {children}
  </div>
);
