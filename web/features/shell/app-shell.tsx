"use client";
import { Menu, Search } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useMe } from "../../lib/me.ts";
import { Button } from "../../ui/button.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { Logo } from "../../ui/logo.tsx";
import { navigationFor } from "./navigation.ts";
import { NavigationLinks } from "./navigation-links.tsx";
import { useShortcuts } from "./use-shortcuts.ts";
import { UserButton } from "./user-button.tsx";

const CommandPalette = lazyPart(() => import("./command-palette.tsx").then((module) => module.CommandPalette));
const ShortcutsDialog = lazyPart(() => import("./shortcuts-dialog.tsx").then((module) => module.ShortcutsDialog));
const NavigationSheet = lazyPart(() => import("./navigation-sheet.tsx").then((module) => module.NavigationSheet));

/** The frame of every signed-in page: navigation on the left (a sheet when narrow), palette, shortcuts, account. */
export const AppShell = ({ children }: { children: ReactNode }) => {
  const { data: me } = useMe();
  const items = useMemo(() => navigationFor(me?.permissions ?? []), [me?.permissions]);
  // `undefined` until first asked for, so that their code is not loaded before.
  const [palette, setPalette] = useState<boolean>();
  const [help, setHelp] = useState<boolean>();
  const [menu, setMenu] = useState<boolean>();
  const showPalette = useCallback(() => setPalette((open) => !open), []);
  const showHelp = useCallback(() => setHelp(true), []);
  useShortcuts({ items, onPalette: showPalette, onHelp: showHelp });
  return (
    <div className="flex min-h-dvh flex-col lg:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r bg-surface p-3 lg:flex">
        <Link href="/search" className="mb-4 flex self-start rounded-md px-1.5 py-1" aria-label="SAMLA, search">
          <Logo />
        </Link>
        <PaletteButton onClick={showPalette} />
        <NavigationLinks items={items} className="mt-3 flex-1" />
        <UserButton onShowShortcuts={showHelp} />
      </aside>
      <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-surface px-3 lg:hidden">
        <Button variant="ghost" size="icon" aria-label="Open navigation" onClick={() => setMenu(true)}>
          <Menu aria-hidden />
        </Button>
        <Link href="/search" aria-label="SAMLA, search" className="flex">
          <Logo />
        </Link>
        <Button variant="ghost" size="icon" aria-label="Command palette" className="ml-auto" onClick={showPalette}>
          <Search aria-hidden />
        </Button>
      </header>
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
        {children}
      </main>
      {menu === undefined ? null : (
        <NavigationSheet open={menu} onOpenChange={setMenu} items={items} onShowShortcuts={showHelp} />
      )}
      {palette === undefined ? null : (
        <CommandPalette open={palette} onOpenChange={setPalette} items={items} onShowShortcuts={showHelp} />
      )}
      {help === undefined ? null : <ShortcutsDialog open={help} onOpenChange={setHelp} />}
    </div>
  );
};

const PaletteButton = ({ onClick }: { onClick: () => void }) => (
  <button
    type="button"
    onClick={onClick}
    className="flex h-8 items-center gap-2 rounded-md border border-border-strong bg-card px-2 text-muted-foreground text-sm shadow-xs transition-colors hover:bg-accent"
  >
    <Search className="size-3.5" aria-hidden />
    <span className="flex-1 text-left">Find or go to…</span>
    <Kbd>Ctrl</Kbd>
    <Kbd>K</Kbd>
  </button>
);
