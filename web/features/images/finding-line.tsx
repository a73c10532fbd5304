import type { ImageFinding } from "@samla/contracts";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { SeverityBadge } from "../../lib/severity.tsx";
import { Badge } from "../../ui/badge.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

export const findingPath = (findingId: string): string => `/images/findings/${encodeURIComponent(findingId)}`;

/** One finding in an image: what is known, where it is mended, who answers for it, whether the gate stops at it. */
export const FindingLine = ({ finding, waivePath }: { finding: ImageFinding; waivePath?: string }) => (
  <li className="grid gap-1 px-4 py-2.5 text-sm">
    <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
      <SeverityBadge severity={finding.severity} />
      <Link href={findingPath(finding.id)} className="font-mono text-xs hover:underline">
        {finding.id}
      </Link>
      <span className="wrap-anywhere min-w-0">{finding.title}</span>
      {finding.blocks ? (
        <Badge tone="danger">{finding.reopened ? "reopened: stops at the gate" : "stops at the gate"}</Badge>
      ) : null}
      {finding.url && /^https?:/.test(finding.url) ? (
        <a
          href={finding.url}
          target="_blank"
          rel="noreferrer"
          className="ml-auto inline-flex items-center gap-1 text-link text-xs hover:underline"
        >
          advisory <ExternalLink className="size-3" aria-hidden />
        </a>
      ) : null}
    </p>
    <p className="text-muted-foreground text-xs">
      {finding.package} {finding.version}
      {finding.fixedIn ? `, mended in ${finding.fixedIn}` : ", no fix yet"}
      {finding.score === undefined ? "" : `, score ${finding.score.toFixed(1)}`}
      {finding.blocks && waivePath ? (
        <>
          {" · "}
          <Link href={waivePath} className="text-link underline underline-offset-2">
            Waive it
          </Link>
        </>
      ) : null}
    </p>
    {finding.reopened ? (
      <p className="wrap-anywhere text-destructive text-xs">
        Reopened: the waiver by {finding.reopened.owner} ran out <RelativeTime at={finding.reopened.until} />. It said:{" "}
        {finding.reopened.reason}
      </p>
    ) : null}
    {finding.waiver?.state === "active" ? (
      <p className="wrap-anywhere text-warning text-xs">
        Waived by {finding.waiver.owner} until <RelativeTime at={finding.waiver.until} />: {finding.waiver.reason}
      </p>
    ) : null}
  </li>
);
