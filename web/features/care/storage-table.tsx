import type { BuildDetail, CareReport } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { formatCount, formatShare } from "../../lib/format.ts";
import { Progress } from "../../ui/progress.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { BuildLink } from "./build-link.tsx";
import { shareOf } from "./findings.ts";

/** What an index takes: its documents, and each build beside them. */
export const StorageTable = ({
  slug,
  report,
  builds,
}: {
  slug: string;
  report: CareReport;
  builds: readonly BuildDetail[] | undefined;
}) => {
  const documents = report.documentsBytes ?? 0;
  const total = documents + report.storage.reduce((sum, one) => sum + one.sizeBytes, 0);
  const bar = (bytes: number, label: string) => (
    <TableCell className="hidden w-1/3 sm:table-cell">
      <span className="flex items-center gap-3">
        <Progress value={shareOf(bytes, total)} label={`Share of ${label}`} className="max-w-56" />
        <span className="w-12 text-right text-muted-foreground text-xs tabular-nums">
          {formatShare(shareOf(bytes, total))}
        </span>
      </span>
    </TableCell>
  );
  return (
    <section aria-label="Storage">
      <h2 className="mb-2 flex items-baseline gap-3 font-medium">
        Storage{" "}
        <span className="font-normal text-muted-foreground text-xs tabular-nums">{formatBytes(total)} in all</span>
      </h2>
      <div className="relative overflow-x-auto rounded-lg border">
        <Table>
          <TableHead>
            <tr>
              <TableHeaderCell>What</TableHeaderCell>
              <TableHeaderCell className="text-right">Passages</TableHeaderCell>
              <TableHeaderCell className="text-right">Size</TableHeaderCell>
              <TableHeaderCell className="hidden sm:table-cell">Share</TableHeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            <TableRow>
              <TableCell>
                <span className="block font-medium">Documents</span>
                <span className="block text-muted-foreground text-xs">sources and what was read from them</span>
              </TableCell>
              <TableCell />
              <TableCell className="whitespace-nowrap text-right tabular-nums">
                {report.documentsBytes === null ? "not counted yet" : formatBytes(documents)}
              </TableCell>
              {bar(documents, "documents")}
            </TableRow>
            {report.storage.map((one) => (
              <TableRow key={one.buildId}>
                <TableCell className="max-w-64">
                  <span className="block truncate font-medium">
                    <BuildLink slug={slug} buildId={one.buildId} builds={builds} />
                  </span>
                  <span className="block text-muted-foreground text-xs">{one.status} build</span>
                </TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">{formatCount(one.passages)}</TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">
                  {formatBytes(one.sizeBytes)}
                </TableCell>
                {bar(one.sizeBytes, "the build")}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </section>
  );
};
