"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "../../ui/cn.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { isCurrent, type NavigationItem } from "./navigation.ts";

const placeholders = ["a", "b", "c", "d"];

/** Links to the panels; the current one is said to be so. */
export const NavigationLinks = ({
  items,
  className,
  onNavigate,
}: {
  items: readonly NavigationItem[];
  className?: string;
  onNavigate?: () => void;
}) => {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className={cn("grid content-start gap-0.5", className)}>
      {items.length === 0 ? placeholders.map((key) => <Skeleton key={key} className="mx-2 my-2 h-4 w-24" />) : null}
      {items.map((item) => {
        const current = isCurrent(item, pathname);
        return (
          <Link
            key={item.href}
            href={item.href}
            onClick={onNavigate}
            aria-current={current ? "page" : undefined}
            className={cn(
              "flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-sm transition-colors",
              current ? "bg-accent text-foreground" : "text-muted-foreground hover:bg-accent hover:text-foreground",
            )}
          >
            <item.icon className={cn("size-4", current && "text-primary")} aria-hidden />
            {item.label}
          </Link>
        );
      })}
    </nav>
  );
};
