"use client";
import { formatBytes } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import Link from "next/link";
import { formatPlural } from "./format.ts";
import { differencesOptions } from "./images.ts";
import { repositoryPath } from "./paths.ts";

/** Size with its sign, such as `+1.2 MB`. */
export const signedBytes = (bytes: number): string =>
  bytes === 0 ? "the same size" : `${bytes > 0 ? "+" : "−"}${formatBytes(Math.abs(bytes))}`;

/** What another image changes, in a line, with the way to all of it in a new tab, so that a form keeps what was typed. */
export const ImageDifference = ({ repository, from, to }: { repository: string; from: string; to: string }) => {
  const { data, isError } = useQuery({ ...differencesOptions(repository, from, to), enabled: from !== to });
  if (from === to) return null;
  const parts = data && [
    signedBytes(data.to.sizeBytes - data.from.sizeBytes),
    `${formatPlural(data.layers.added.length, "new layer")}`,
    `${formatPlural(data.packages.length, "package")} changed`,
  ];
  return (
    <div className="rounded-lg border bg-card px-3 py-2 text-xs" data-image-difference>
      {data && parts ? (
        <>
          <p>{parts.join(", ")}</p>
          <p className="mt-0.5 flex flex-wrap gap-x-3">
            <span className={data.findings.added.length > 0 ? "text-destructive" : "text-muted-foreground"}>
              {formatPlural(data.findings.added.length, "finding")}{" "}
              {data.findings.added.length === 1 ? "comes" : "come"}
            </span>
            <span className={data.findings.fixed.length > 0 ? "text-success" : "text-muted-foreground"}>
              {formatPlural(data.findings.fixed.length, "finding")} {data.findings.fixed.length === 1 ? "goes" : "go"}
            </span>
          </p>
          {data.problems.map((problem) => (
            <p key={problem} className="wrap-anywhere mt-0.5 text-warning">
              {problem}
            </p>
          ))}
        </>
      ) : (
        <p className="text-muted-foreground" role="status">
          {isError ? "The images could not be compared." : "Comparing the images…"}
        </p>
      )}
      <Link
        href={`${repositoryPath(repository)}/compare?${new URLSearchParams({ from, to })}`}
        target="_blank"
        className="mt-1 inline-flex min-h-6 items-center gap-1 text-link hover:underline"
      >
        <GitCompareArrows className="size-3.5" aria-hidden /> Layers, packages and findings
      </Link>
    </div>
  );
};
