"use client";
import { ChevronsUpDown } from "lucide-react";
import type { ComponentProps } from "react";
import { useMe } from "../../lib/me.ts";
import { cn } from "../../ui/cn.ts";

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => [...part][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

/** How the person looks in the frame. */
export const UserFace = ({ className, ...rest }: ComponentProps<"button">) => {
  const { data: me } = useMe();
  return (
    <button
      type="button"
      className={cn(
        "flex w-full items-center gap-2.5 rounded-md p-1.5 text-left transition-colors hover:bg-accent data-[state=open]:bg-accent",
        className,
      )}
      {...rest}
    >
      <span className="flex size-7 shrink-0 items-center justify-center rounded-full bg-primary-soft font-semibold text-primary text-xs">
        {me ? initialsOf(me.name) : "…"}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium text-sm">{me?.name ?? "Account"}</span>
        <span className="block truncate text-muted-foreground text-xs">{me?.roles.join(", ") ?? ""}</span>
      </span>
      <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
    </button>
  );
};
