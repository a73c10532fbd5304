import type { ImageRef } from "@samla/contracts";
import { GitCommitHorizontal, Tag } from "lucide-react";
import Link from "next/link";
import { cn } from "../ui/cn.ts";
import { CopyableId } from "../ui/copyable-id.tsx";
import { useCan } from "./me.ts";
import { imagePath } from "./paths.ts";

/** Twelve digits of a digest, which tell images apart by eye. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, "").slice(0, 12);

/** Which image it is: its tag, its digest, which leads to its page, and the commit it was built from. */
export const ImageId = ({
  repository,
  image,
  className,
}: {
  /** Absent: the digest leads nowhere. */
  repository?: string;
  image: Pick<ImageRef, "digest" | "tag" | "commit">;
  className?: string;
}) => {
  const mayOpen = useCan("agents.read") && repository !== undefined;
  const label = (
    <span className="inline-flex min-w-0 items-center gap-1 font-medium">
      <Tag className="size-3 shrink-0 text-muted-foreground" aria-hidden />
      <span className="truncate">{image.tag ?? "untagged"}</span>
    </span>
  );
  return (
    <span className={cn("inline-flex min-w-0 max-w-full flex-wrap items-center gap-x-2 gap-y-0.5 text-xs", className)}>
      {mayOpen ? (
        <Link
          href={imagePath(repository, image.digest)}
          className="inline-flex min-h-6 min-w-0 items-center hover:underline"
          title={image.digest}
        >
          {label}
        </Link>
      ) : (
        label
      )}
      <DigestId digest={image.digest} />
      {image.commit ? <CommitId commit={image.commit} /> : null}
    </span>
  );
};

/** A digest that copies itself whole and shows what tells it apart. */
export const DigestId = ({ digest, className }: { digest: string; className?: string }) => (
  <CopyableId id={digest} label="image digest" shown={shortDigest(digest)} className={cn("-ml-1 min-h-6", className)} />
);

/** A commit that copies itself whole and shows what tells it apart. */
export const CommitId = ({ commit }: { commit: string }) => (
  <span className="inline-flex items-center text-muted-foreground">
    <GitCommitHorizontal className="size-3 shrink-0" aria-hidden />
    <CopyableId id={commit} label="commit" shown={commit.slice(0, 8)} className="min-h-6" />
  </span>
);
