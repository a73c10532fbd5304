"use client";
import { Keyboard, LogOut, MonitorX } from "lucide-react";
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
import { UserFace } from "./user-face.tsx";

/** Who is signed in, the theme, the shortcuts and the way out. Open from the start: it is made when asked for. */
export const UserMenu = ({ onShowShortcuts }: { onShowShortcuts: () => void }) => {
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <DropdownMenu defaultOpen>
        <DropdownMenuTrigger asChild>
          <UserFace />
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
