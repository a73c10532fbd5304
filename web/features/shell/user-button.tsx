"use client";
import { useState } from "react";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { UserFace } from "./user-face.tsx";

const loadMenu = () => import("./user-menu.tsx").then((module) => module.UserMenu);
const UserMenu = lazyPart(loadMenu, <UserFace aria-busy />);

/** Opens the account menu; its code is loaded when the pointer or the focus comes near. */
export const UserButton = ({ onShowShortcuts }: { onShowShortcuts: () => void }) => {
  const [asked, setAsked] = useState(false);
  if (asked) return <UserMenu onShowShortcuts={onShowShortcuts} />;
  return (
    <UserFace
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setAsked(true)}
    />
  );
};
