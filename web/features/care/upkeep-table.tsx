import type { BuildDetail, Upkeep } from "@samla/contracts";
import { formatBytes } from "@samla/contracts/plain";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { BuildLink } from "./build-link.tsx";

/** What compaction did: rows brought into the search structures, and the size before and after. */
export const UpkeepTable = ({
  slug,
  upkeep,
  builds,
}: {
  slug: string;
  upkeep: readonly Upkeep[];
  builds: readonly BuildDetail[] | undefined;
}) => (
  <section aria-label="Upkeep">
    <h2 className="font-medium">Upkeep</h2>
    <p className="mb-2 max-w-2xl text-muted-foreground text-sm">
      New passages are found at once by a scan. When they become many, upkeep compacts the table and brings them into
      its search structures, while searches go on.
    </p>
    {upkeep.length === 0 ? (
      <p className="rounded-lg border border-dashed px-4 py-4 text-muted-foreground text-sm">
        There was nothing to compact yet.
      </p>
    ) : (
      <div className="relative overflow-x-auto rounded-lg border">
        <Table>
          <TableHead>
            <tr>
              <TableHeaderCell>When</TableHeaderCell>
              <TableHeaderCell>Build</TableHeaderCell>
              <TableHeaderCell className="text-right">Unindexed passages</TableHeaderCell>
              <TableHeaderCell className="text-right">Size</TableHeaderCell>
              <TableHeaderCell className="hidden text-right sm:table-cell">Took</TableHeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {upkeep.map((one) => (
              <TableRow key={`${one.buildId} ${one.at}`}>
                <TableCell className="whitespace-nowrap">
                  <RelativeTime at={one.at} />
                </TableCell>
                <TableCell className="max-w-56 truncate">
                  <BuildLink slug={slug} buildId={one.buildId} builds={builds} />
                </TableCell>
                <Change before={formatCount(one.unindexedBefore)} after={formatCount(one.unindexedAfter)} />
                <Change before={formatBytes(one.sizeBytesBefore)} after={formatBytes(one.sizeBytesAfter)} />
                <TableCell className="hidden text-right tabular-nums sm:table-cell">
                  {formatDuration(one.tookMs)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    )}
  </section>
);

const Change = ({ before, after }: { before: string; after: string }) => (
  <TableCell className="whitespace-nowrap text-right tabular-nums">
    <span className="text-muted-foreground">{before}</span>
    <span className="mx-1 text-muted-foreground" aria-hidden>
      →
    </span>
    <span className="sr-only"> to </span>
    <span className="font-medium">{after}</span>
  </TableCell>
);
