"use client";
import type { Build } from "@samla/contracts";
import Link from "next/link";
import { ConfigTable } from "../../lib/build-config/config-table.tsx";
import { useCan } from "../../lib/me.ts";
import { buildPath, indexPath } from "../../lib/paths.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** The live build and the whole configuration it was made with. */
export const BuildCard = ({ build }: { build: Build }) => {
  const maySeeBuilds = useCan("builds.read");
  return (
    <section aria-label="Live build" className="mt-8">
      <h2 className="flex flex-wrap items-center gap-2 font-semibold text-lg">
        Live build <CopyableId id={build.id} label="build id" full />
        <Badge tone="success">{build.status}</Badge>
      </h2>
      <p className="mt-1 mb-4 flex flex-wrap gap-x-4 text-muted-foreground text-sm">
        <span>
          Made by {build.createdBy} <RelativeTime at={build.createdAt} />
          {build.promotedAt ? (
            <>
              , live since <RelativeTime at={build.promotedAt} />
            </>
          ) : null}
        </span>
        {maySeeBuilds ? (
          <>
            <Link href={buildPath(build.index, build.id)} className="text-link underline underline-offset-2">
              Its page
            </Link>
            <Link href={`${indexPath(build.index)}/builds`} className="text-link underline underline-offset-2">
              All builds
            </Link>
          </>
        ) : null}
      </p>
      <ConfigTable config={build.config} />
    </section>
  );
};
