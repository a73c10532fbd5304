import type { GateResult } from "@samla/contracts";
import { findingSeverities } from "@samla/contracts/plain";
import { ShieldCheck, ShieldX } from "lucide-react";
import Link from "next/link";
import { imagePath, repositoryPath } from "../../lib/paths.ts";
import { SeverityBadge, SeverityCounts } from "../../lib/severity.tsx";
import { cn } from "../../ui/cn.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

const scans: Record<GateResult["scan"], string> = {
  complete: "scanned",
  running: "the scan still runs",
  failed: "the scan failed",
  unsupported: "the scanner cannot read it",
  none: "not scanned",
};

/** Whether the image may go out, what stands in the way, and who answers for what is let through. */
export const GateCard = ({ agent, gate }: { agent: string; gate: GateResult }) => {
  const Icon = gate.passed ? ShieldCheck : ShieldX;
  return (
    <section aria-label="Scan and gate" className="rounded-lg border bg-card text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
        <span
          className={cn(
            "inline-flex items-center gap-1.5 font-medium",
            gate.passed ? "text-success" : "text-destructive",
          )}
        >
          <Icon className="size-4" aria-hidden /> {gate.passed ? "The gate lets it pass" : "The gate stops it"}
        </span>
        <span className="text-muted-foreground text-xs">
          {scans[gate.scan]} {gate.scannedAt ? <RelativeTime at={gate.scannedAt} /> : null}; stops at {gate.threshold}{" "}
          and worse
        </span>
        <SeverityCounts counts={gate.counts} className="ml-auto" />
      </div>
      {gate.obstacles.length > 0 ? (
        <ul className="list-disc border-t py-2 pr-4 pl-9 text-destructive">
          {gate.obstacles.map((obstacle) => (
            <li key={obstacle} className="wrap-anywhere">
              {obstacle}
            </li>
          ))}
        </ul>
      ) : null}
      {gate.findings.length > 0 ? (
        <ul className="divide-y border-t">
          {[...gate.findings]
            .sort((a, b) => findingSeverities.indexOf(a.severity) - findingSeverities.indexOf(b.severity))
            .map((finding) => (
              <li
                key={`${finding.id} ${finding.package}`}
                className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-xs"
              >
                <SeverityBadge severity={finding.severity} />
                <Link href={`/images/findings/${encodeURIComponent(finding.id)}`} className="font-mono hover:underline">
                  {finding.id}
                </Link>
                <span className="text-muted-foreground">
                  {finding.package} {finding.version}
                  {finding.fixedIn ? `, mended in ${finding.fixedIn}` : ", no fix yet"}
                </span>
                {finding.waiver ? (
                  <span className="basis-full text-warning">
                    Waived by {finding.waiver.owner} until <RelativeTime at={finding.waiver.until} />:{" "}
                    {finding.waiver.reason}
                  </span>
                ) : (
                  <Link
                    href={`${repositoryPath(agent)}/gate?waive=${encodeURIComponent(finding.id)}`}
                    className="ml-auto text-link underline underline-offset-2"
                  >
                    Waive it
                  </Link>
                )}
              </li>
            ))}
        </ul>
      ) : null}
      {gate.nextStep ? (
        <p className="border-t px-4 py-2 font-medium">
          {gate.nextStep}{" "}
          <Link href={imagePath(agent, gate.digest)} className="font-normal text-link underline underline-offset-2">
            Open the image
          </Link>
        </p>
      ) : null}
    </section>
  );
};
