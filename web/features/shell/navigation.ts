import type { Permission } from "@samla/contracts";
import { Activity, Bot, Container, FileStack, Library, type LucideIcon, MessageSquareText, Search } from "lucide-react";

export type NavigationItem = {
  href: string;
  label: string;
  icon: LucideIcon;
  permission: Permission;
  /** Second key of the "g then …" shortcut. */
  key: string;
};

/** The panels, in order. */
export const navigation: readonly NavigationItem[] = [
  { href: "/search", label: "Search", icon: Search, permission: "search", key: "s" },
  { href: "/ask", label: "Ask", icon: MessageSquareText, permission: "search", key: "q" },
  { href: "/documents", label: "Documents", icon: FileStack, permission: "documents.read", key: "d" },
  { href: "/indexes", label: "Indexes", icon: Library, permission: "indexes.read", key: "i" },
  { href: "/agents", label: "Agents", icon: Bot, permission: "agents.read", key: "g" },
  { href: "/images", label: "Images", icon: Container, permission: "agents.read", key: "m" },
  { href: "/activity", label: "Activity", icon: Activity, permission: "events.read", key: "a" },
];

/** The panels a person may use. */
export const navigationFor = (permissions: readonly Permission[]): NavigationItem[] =>
  navigation.filter((item) => permissions.includes(item.permission));

/** True when the path lies in the panel. */
export const isCurrent = (item: NavigationItem, pathname: string): boolean =>
  pathname === item.href || pathname.startsWith(`${item.href}/`);
