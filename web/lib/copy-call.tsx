"use client";
import { Code } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "../ui/dropdown-menu.tsx";
import { toast } from "../ui/toast.ts";
import { clientCallOf, curlOf, type ShownCall } from "./call-text.ts";

/** Copies what a button beside it does as a call of the API. */
export const CopyCall = ({ call, className }: { call: ShownCall; className?: string }) => {
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => toast.success("Copied; it reads SAMLA_API and SAMLA_TOKEN from the environment"),
      () => toast.error("The browser does not let this page copy"),
    );
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" className={className} title="As a call of the API">
          <Code aria-hidden /> Copy as…
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => copy(curlOf(call))}>curl</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => copy(clientCallOf(call))}>TypeScript client</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
};
