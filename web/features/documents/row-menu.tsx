"use client";
import { useOnDemand } from "../../ui/use-on-demand.ts";
import { type RowMenuProps, RowMenuTrigger } from "./row-menu-trigger.tsx";

const loadList = () => import("./row-menu-list.tsx").then((module) => module.RowMenuList);

/** What can be done with one row. The menu is loaded and made when it is first asked for, so a row costs one button. */
export const RowMenu = (props: RowMenuProps) => {
  const { Part: RowMenuList, ask, comeNear } = useOnDemand(loadList);
  if (props.actions.size === 0) return null;
  if (RowMenuList) return <RowMenuList {...props} />;
  return <RowMenuTrigger name={props.document.name} onPointerEnter={comeNear} onClick={ask} />;
};
