"use client";
import { ChevronsUpDown, Keyboard, LogOut, MonitorX } from "lucide-react";
import { useState } from "react";
import { useMe } from "../../lib/me.ts";
import { toastError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "../../ui/dropdown-menu.tsx";
import { signOut } from "./sign-out.ts";
import { ThemeItems } from "./theme-menu.tsx";

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => [...part][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

/** Who is signed in, the theme, the shortcuts and the way out. */
export const UserMenu = ({ onShowShortcuts }: { onShowShortcuts: () => void }) => {
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-md p-1.5 text-left transition-colors hover:bg-accent data-[state=open]:bg-accent">
          <span className="flex size-7 shrink-0 items-center justify-center rounded-full bg-primary-soft font-semibold text-primary text-xs">
            {me ? initialsOf(me.name) : "…"}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium text-sm">{me?.name ?? "Account"}</span>
            <span className="block truncate text-muted-foreground text-xs">{me?.roles.join(", ") ?? ""}</span>
          </span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top" align="start" className="w-(--radix-dropdown-menu-trigger-width) min-w-52">
          {me?.email ? <div className="truncate px-2 py-1 text-muted-foreground text-xs">{me.email}</div> : null}
          <ThemeItems />
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={onShowShortcuts}>
            <Keyboard aria-hidden /> Keyboard shortcuts
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => void signOut(false).catch(toastError)}>
            <LogOut aria-hidden /> Sign out
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setAsking(true)}>
            <MonitorX aria-hidden /> Sign out everywhere
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere?"
        description="Every browser you are signed in with will have to sign in again, this one too."
        confirmLabel="Sign out everywhere"
        onConfirm={() =>
          signOut(true).catch((error: unknown) => {
            toastError(error);
            throw error;
          })
        }
      />
    </>
  );
};
