"use client";
import type { BuildDetail, QuerySettings } from "@samla/contracts";
import { QueryFields, queryPartOf } from "../../lib/build-config/query-fields.tsx";
import { buildTitle } from "../../lib/builds.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet, SheetContent } from "../../ui/sheet.tsx";
import { settingsOf, triedSettings } from "./state.ts";

/** The query settings of one side; the hits behind follow each change. */
export const SettingsSheet = ({
  build,
  tried,
  open,
  onOpenChange,
  onTried,
}: {
  build: BuildDetail;
  tried: QuerySettings | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onTried: (tried: QuerySettings | null) => void;
}) => {
  const value = settingsOf(build, tried);
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent
        title="Try other settings"
        description={`On “${buildTitle(build)}”, here only. Nobody else's search changes.`}
      >
        <div className="grid gap-5 p-5">
          <QueryFields
            slug={build.index}
            value={value}
            base={queryPartOf(build.config)}
            hasVectors={build.config.embedder !== "none"}
            onChange={(part) => onTried(triedSettings(build, { ...value, ...part }))}
          />
          <div className="flex justify-end gap-2">
            <Button disabled={!tried} onClick={() => onTried(null)}>
              Back to the build's own
            </Button>
            <Button variant="primary" onClick={() => onOpenChange(false)}>
              Look at the hits
            </Button>
          </div>
        </div>
      </SheetContent>
    </Sheet>
  );
};
