"use client";
import type { Build, IndexSlug } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";
import { useState } from "react";
import { callApi } from "../../lib/api.ts";
import { Input, Label } from "../../ui/input.tsx";
import { buildKeys } from "./keys.ts";

/** Whether the index of a build asks for its name first, and what was typed. Unknown counts as asked for. */
export const useProtectedName = (build: Pick<Build, "index">, isOpen: boolean) => {
  const index = useQuery({
    queryKey: buildKeys.index(build.index),
    queryFn: ({ signal }) => callApi("indexes.get", { params: { index: build.index as IndexSlug }, signal }),
    enabled: isOpen,
    staleTime: 0,
  });
  const [typed, setTyped] = useState("");
  const isProtected = index.data?.settings.protection.protected ?? false;
  return {
    isProtected,
    /** For the body of the call. */
    confirmation: isProtected ? { confirmName: typed } : {},
    isSettled: index.data !== undefined && (!isProtected || typed === build.index),
    typed,
    setTyped,
  };
};

/** What is typed before the live build of a protected index changes. */
export const ProtectedName = ({
  slug,
  typed,
  onTyped,
}: {
  slug: string;
  typed: string;
  onTyped: (text: string) => void;
}) => (
  <section aria-label="Protected index" className="grid gap-1.5 rounded-lg border border-warning bg-warning-soft p-3">
    <Label htmlFor="protected-name" className="flex flex-wrap items-center gap-1.5">
      <LockKeyhole className="size-4 text-warning" aria-hidden />
      <span>
        This index is protected. Type <strong className="font-mono">{slug}</strong> to go on
      </span>
    </Label>
    <Input
      id="protected-name"
      className="bg-card font-mono"
      value={typed}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onTyped(event.target.value)}
    />
  </section>
);
