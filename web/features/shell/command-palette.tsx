"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { FileText, Keyboard, LogOut, MessageSquareText, MonitorX, Moon, Search, Sun, SunMoon } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useState } from "react";
import { can, useMe } from "../../lib/me.ts";
import { askPath, viewPath } from "../../lib/paths.ts";
import { toastError } from "../../lib/query-error.tsx";
import { useDebounced } from "../../lib/use-debounced.ts";
import { overlayClass } from "../../ui/dialog.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import type { NavigationItem } from "./navigation.ts";
import { findingsPlace, type PalettePlace, placesOf, placesOfId } from "./palette-places.ts";
import { paletteAgentsQueryOptions, paletteDocumentsQueryOptions } from "./queries.ts";
import { signOut } from "./sign-out.ts";
import { setTheme } from "./theme.ts";

const themes = [
  { value: "system", label: "Theme as the system", icon: SunMoon },
  { value: "light", label: "Light theme", icon: Sun },
  { value: "dark", label: "Dark theme", icon: Moon },
] as const;

type PaletteCommand = {
  id: string;
  label: string;
  /** Other words it goes by. */
  words: string;
  icon: ReactNode;
  aside?: ReactNode;
  run: () => void;
};

/** Groups with the commands that hold every typed word; groups left empty fall away. */
const matching = (groups: { heading: string; commands: PaletteCommand[] }[], text: string) => {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map(({ heading, commands }) => ({
      heading,
      commands: commands.filter(({ label, words }) => {
        const known = `${label} ${words}`.toLowerCase();
        return typed.every((word) => known.includes(word));
      }),
    }))
    .filter(({ commands }) => commands.length > 0);
};

/** Ctrl-K: go to panels, documents, agents, images and runs, search, ask, change the theme, sign out. */
export const CommandPalette = ({
  open,
  onOpenChange,
  items,
  onShowShortcuts,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly NavigationItem[];
  onShowShortcuts: () => void;
}) => {
  const router = useRouter();
  const [text, setText] = useState("");
  const typed = useDebounced(text.trim(), 120);
  const documents = useQuery({ ...paletteDocumentsQueryOptions(typed), enabled: open && typed.length > 0 });
  const { data: me } = useMe();
  const agents =
    useQuery({ ...paletteAgentsQueryOptions(), enabled: open && can(me, "agents.read") }).data?.items ?? [];
  const mayAsk = can(me, "search");
  const places = agents.length > 0 ? [...placesOf(agents, (permission) => can(me, permission)), findingsPlace] : [];
  const commandOf = ({ id, label, words, href, icon: Icon, aside }: PalettePlace): PaletteCommand => ({
    id,
    label,
    words,
    icon: <Icon aria-hidden />,
    ...(aside ? { aside } : {}),
    run: () => router.push(href),
  });
  const act = (action: () => void) => () => {
    onOpenChange(false);
    setText("");
    action();
  };
  const shown = matching(
    [
      {
        heading: "Go to",
        commands: items.map((item) => ({
          id: item.href,
          label: item.label,
          words: "go to open",
          icon: <item.icon aria-hidden />,
          aside: (
            <span className="flex gap-1">
              <Kbd>g</Kbd>
              <Kbd>{item.key}</Kbd>
            </span>
          ),
          run: () => router.push(item.href),
        })),
      },
      {
        heading: "Agents and images",
        commands: places.filter(({ isFirst }) => isFirst || text.trim() !== "").map(commandOf),
      },
      { heading: "By its id", commands: placesOfId(text, agents).map(commandOf) },
      {
        heading: "Settings",
        commands: [
          ...themes.map(({ value, label, icon: Icon }) => ({
            id: `theme-${value}`,
            label,
            words: "theme colours appearance",
            icon: <Icon aria-hidden />,
            run: () => setTheme(value),
          })),
          {
            id: "shortcuts",
            label: "Keyboard shortcuts",
            words: "help keys",
            icon: <Keyboard aria-hidden />,
            aside: <Kbd>?</Kbd>,
            run: onShowShortcuts,
          },
          {
            id: "sign-out",
            label: "Sign out",
            words: "log out leave",
            icon: <LogOut aria-hidden />,
            run: () => void signOut(false).catch(toastError),
          },
          {
            id: "sign-out-everywhere",
            label: "Sign out everywhere",
            words: "log out all sessions devices",
            icon: <MonitorX aria-hidden />,
            run: () => void signOut(true).catch(toastError),
          },
        ],
      },
    ],
    text,
  );
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClass} />
        <Primitive.Content
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-lg data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98"
        >
          <Primitive.Title className="sr-only">Command palette</Primitive.Title>
          <Command loop shouldFilter={false} label="Command palette">
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Find a document, go somewhere, do something…"
                className="h-12 w-full bg-transparent text-base outline-none placeholder:text-muted-foreground"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1.5">
              {text.trim() ? (
                <Group heading="Search and ask">
                  <Row
                    value={`search for ${text}`}
                    onSelect={act(() => router.push(`/search?${new URLSearchParams({ q: text.trim() })}`))}
                    icon={<Search aria-hidden />}
                  >
                    Search the text of all documents for “{text.trim()}”
                  </Row>
                  {mayAsk ? (
                    <Row
                      value={`ask ${text}`}
                      onSelect={act(() => router.push(askPath(text.trim())))}
                      icon={<MessageSquareText aria-hidden />}
                    >
                      Ask “{text.trim()}”
                    </Row>
                  ) : null}
                </Group>
              ) : null}
              {text.trim() && documents.data?.suggestions.length ? (
                <Group heading="Documents">
                  {documents.data.suggestions.map((one) => (
                    <Row
                      key={`${one.documentId} ${one.text}`}
                      value={`${one.documentId} ${one.text}`}
                      onSelect={act(() => router.push(viewPath(one.documentId, { q: one.text })))}
                      icon={<FileText aria-hidden />}
                      aside={one.index}
                    >
                      {one.text}
                    </Row>
                  ))}
                </Group>
              ) : null}
              {shown.map(({ heading, commands }) => (
                <Group key={heading} heading={heading}>
                  {commands.map(({ id, label, icon, aside, run }) => (
                    <Row key={id} value={id} onSelect={act(run)} icon={icon} aside={aside}>
                      {label}
                    </Row>
                  ))}
                </Group>
              ))}
            </Command.List>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
};

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted-foreground [&_[cmdk-group-heading]]:text-xs"
  >
    {children}
  </Command.Group>
);

const Row = ({
  value,
  icon,
  aside,
  onSelect,
  children,
}: {
  value: string;
  icon: ReactNode;
  aside?: ReactNode;
  onSelect: () => void;
  children: ReactNode;
}) => (
  <Command.Item
    value={value}
    onSelect={onSelect}
    className="flex h-9 cursor-pointer select-none items-center gap-2.5 rounded-md px-2.5 text-sm data-[selected=true]:bg-accent [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted-foreground"
  >
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {aside ? <span className="shrink-0 text-muted-foreground text-xs">{aside}</span> : null}
  </Command.Item>
);
