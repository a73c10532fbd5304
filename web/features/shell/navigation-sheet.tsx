"use client";
import { Logo } from "../../ui/logo.tsx";
import { Sheet, SheetContent } from "../../ui/sheet.tsx";
import type { NavigationItem } from "./navigation.ts";
import { NavigationLinks } from "./navigation-links.tsx";
import { UserButton } from "./user-button.tsx";

/** The navigation of narrow screens. */
export const NavigationSheet = ({
  open,
  onOpenChange,
  items,
  onShowShortcuts,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly NavigationItem[];
  onShowShortcuts: () => void;
}) => (
  <Sheet open={open} onOpenChange={onOpenChange}>
    <SheetContent side="left" title={<Logo />} className="w-64">
      <div className="flex h-full flex-col p-3">
        <NavigationLinks items={items} className="flex-1" onNavigate={() => onOpenChange(false)} />
        <UserButton onShowShortcuts={onShowShortcuts} />
      </div>
    </SheetContent>
  </Sheet>
);
