import type { Audit, AuditFinding, BuildDetail } from "@samla/contracts";
import { isIdOf } from "@samla/contracts/plain";
import { SquareArrowOutUpRight } from "lucide-react";
import Link from "next/link";
import { formatCount } from "../../lib/format.ts";
import { documentPath } from "../../lib/paths.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { BuildLink } from "./build-link.tsx";
import { findingTexts } from "./findings.ts";

/** What an audit found, what that means, what was done about it, and some of the things it found. */
export const FindingList = ({
  slug,
  audit,
  builds,
}: {
  slug: string;
  audit: Audit;
  builds: readonly BuildDetail[] | undefined;
}) => (
  <ul aria-label="Findings" className="mt-3 divide-y rounded-lg border bg-card">
    {audit.findings.map((finding) => (
      <li key={`${finding.kind} ${finding.buildId ?? ""}`} className="grid gap-1 px-4 py-3 text-sm">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">
            {formatCount(finding.count)} · {findingTexts[finding.kind].title}
          </span>
          {finding.buildId ? (
            <span className="text-muted-foreground text-xs">
              in <BuildLink slug={slug} buildId={finding.buildId} builds={builds} />
            </span>
          ) : null}
        </p>
        <p className="text-muted-foreground text-xs">{findingTexts[finding.kind].means}</p>
        <p>
          <span className="text-muted-foreground">Repair: </span>
          {finding.repair}
        </p>
        <Samples finding={finding} />
      </li>
    ))}
  </ul>
);

const Samples = ({ finding }: { finding: AuditFinding }) =>
  finding.samples.length === 0 ? null : (
    <ul aria-label="Some of them" className="flex flex-wrap gap-x-2 gap-y-1">
      {finding.samples.map((sample) => (
        <li key={sample} className="inline-flex max-w-full items-center">
          {isIdOf("document", sample) ? (
            <Link
              href={documentPath(sample)}
              prefetch={false}
              aria-label={`Open the document ${sample}`}
              className="rounded-xs p-0.5 text-link hover:bg-accent"
            >
              <SquareArrowOutUpRight className="size-3" aria-hidden />
            </Link>
          ) : null}
          <CopyableId id={sample} label="id" />
        </li>
      ))}
      {finding.count > finding.samples.length ? (
        <li className="text-muted-foreground text-xs">
          and {formatCount(finding.count - finding.samples.length)} more
        </li>
      ) : null}
    </ul>
  );
