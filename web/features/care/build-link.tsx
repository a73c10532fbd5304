import type { BuildDetail } from "@samla/contracts";
import Link from "next/link";
import { buildTitle } from "../../lib/builds.ts";
import { buildPath } from "../../lib/paths.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";

/** A build by its name; by its id alone once it is gone. */
export const BuildLink = ({
  slug,
  buildId,
  builds,
}: {
  slug: string;
  buildId: string;
  builds: readonly BuildDetail[] | undefined;
}) => {
  const build = builds?.find((one) => one.id === buildId);
  if (!build) return <CopyableId id={buildId} label="build id" />;
  return (
    <Link href={buildPath(slug, buildId)} prefetch={false} className="text-link hover:underline">
      {buildTitle(build)}
    </Link>
  );
};
