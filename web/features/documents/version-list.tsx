"use client";
import type { Document, Version } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { Download, Eye, Undo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { can, useMe } from "../../lib/me.ts";
import { viewPath } from "../../lib/paths.ts";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { canMakeLive } from "./actions.ts";
import { StatusBadge } from "./document-cells.tsx";
import { downloadDocument } from "./mutations.ts";

/** All versions, newest first; an earlier one can be made live again. */
export const VersionList = ({
  document,
  versions,
  onMakeLive,
}: {
  document: Document;
  versions: readonly Version[];
  onMakeLive: (version: Version) => Promise<unknown>;
}) => {
  const { data: me } = useMe();
  const [chosen, setChosen] = useState<Version>();
  return (
    <>
      <ul className="divide-y rounded-lg border">
        {versions.map((version) => (
          <li key={version.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
            <div className="min-w-0 flex-1 basis-72">
              <p className="flex flex-wrap items-center gap-2">
                <span className="font-medium">Version {version.number}</span>
                {version.live ? <Badge tone="primary">Live</Badge> : null}
                <StatusBadge status={version.status} />
              </p>
              <p className="mt-0.5 truncate text-muted-foreground text-xs" title={version.name}>
                {version.name}, {formatBytes(version.sizeBytes)}, <RelativeTime at={version.createdAt} /> by{" "}
                {version.createdBy}
              </p>
              <p className="-ml-1 flex flex-wrap gap-x-3">
                <CopyableId id={version.id} label="version id" />
                {version.sha256 ? <CopyableId id={version.sha256} label="SHA-256" /> : null}
              </p>
              {version.failure ? <p className="mt-0.5 text-destructive text-xs">{version.failure.title}</p> : null}
            </div>
            <div className="flex flex-wrap gap-1.5">
              {canMakeLive(version, document, (permission) => can(me, permission)) ? (
                <Button size="sm" onClick={() => setChosen(version)}>
                  <Undo2 aria-hidden /> Make live
                </Button>
              ) : null}
              {version.status === "ready" ? (
                <Button size="sm" asChild>
                  <Link href={viewPath(document.id, { version: version.id })} prefetch={false}>
                    <Eye aria-hidden /> View
                  </Link>
                </Button>
              ) : null}
              {version.status !== "uploading" && !document.deletedAt ? (
                <Button
                  size="sm"
                  aria-label={`Download version ${version.number}`}
                  onClick={() => void downloadDocument(document.id, version.id)}
                >
                  <Download aria-hidden /> Download
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={chosen !== undefined}
        onOpenChange={(open) => (open ? undefined : setChosen(undefined))}
        destructive={false}
        title={`Make version ${chosen?.number ?? ""} live?`}
        description="Searches find this version instead of the one that is live now. No version is lost; you can change back in the same way."
        confirmLabel="Make live"
        onConfirm={() => (chosen ? onMakeLive(chosen) : undefined)}
      />
    </>
  );
};
