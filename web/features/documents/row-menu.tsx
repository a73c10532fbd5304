"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { type RowMenuProps, RowMenuTrigger } from "./row-menu-trigger.tsx";

const loadList = () => import("./row-menu-list.tsx").then((module) => module.RowMenuList);
const RowMenuList = dynamic(loadList, { ssr: false });

/** What can be done with one row. The menu is loaded and made when it is first asked for, so a row costs one button. */
export const RowMenu = (props: RowMenuProps) => {
  const [isAsked, setAsked] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  if (props.actions.size === 0) return null;
  if (isAsked && isLoaded) return <RowMenuList {...props} />;
  return (
    <RowMenuTrigger
      name={props.document.name}
      onPointerEnter={() => void loadList().catch(() => undefined)}
      onClick={() => {
        setAsked(true);
        void loadList().then(
          () => setLoaded(true),
          () => setAsked(false),
        );
      }}
    />
  );
};
