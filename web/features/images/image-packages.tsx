"use client";
import { useQuery } from "@tanstack/react-query";
import { Download, PackageSearch } from "lucide-react";
import { useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { shortDigest } from "../../lib/image-id.tsx";
import { QueryError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeaderCell, TableRow } from "../../ui/table.tsx";
import { inventoryOptions } from "./queries.ts";

const shownMax = 300;

/** Hands the browser a file made here; nothing of it is ever drawn. */
const saveJson = (name: string, json: unknown): void => {
  const address = URL.createObjectURL(new Blob([JSON.stringify(json, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
};

/** What an image is made of, as the image itself says (CycloneDX), to look through and to keep. */
export const ImagePackages = ({ repository, digest }: { repository: string; digest: string }) => {
  const inventory = useQuery(inventoryOptions(repository, digest));
  const [text, setText] = useState("");
  if (inventory.isError && !inventory.data)
    return (
      <QueryError error={inventory.error} onRetry={() => void inventory.refetch()} retrying={inventory.isFetching} />
    );
  if (!inventory.data) return <Skeleton className="h-40 w-full rounded-lg" />;
  const { packages, source, cyclonedx } = inventory.data;
  if (source === "none")
    return (
      <EmptyState icon={PackageSearch} title="It carries no inventory">
        Images that <code>npm run image</code> builds list their packages; this one does not.
      </EmptyState>
    );
  const typed = text.trim().toLowerCase();
  const found = packages.filter(({ name, version, purl }) =>
    `${name} ${version} ${purl}`.toLowerCase().includes(typed),
  );
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Input
          aria-label="Find a package"
          placeholder="Find a package"
          className="max-w-72"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="text-muted-foreground text-xs">{formatPlural(found.length, "package")}</span>
        {cyclonedx ? (
          <Button
            size="sm"
            className="ml-auto"
            onClick={() => saveJson(`${repository}-${shortDigest(digest)}.cdx.json`, cyclonedx)}
          >
            <Download aria-hidden /> CycloneDX
          </Button>
        ) : null}
      </div>
      <div className="overflow-x-auto rounded-lg border bg-card">
        <Table>
          <TableHead>
            <tr>
              <TableHeaderCell>Package</TableHeaderCell>
              <TableHeaderCell>Version</TableHeaderCell>
              <TableHeaderCell className="hidden sm:table-cell">Kind</TableHeaderCell>
              <TableHeaderCell className="hidden md:table-cell">Licences</TableHeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {found.slice(0, shownMax).map((one) => (
              <TableRow key={one.purl || `${one.name} ${one.version}`}>
                <TableCell className="wrap-anywhere" title={one.purl}>
                  {one.name}
                </TableCell>
                <TableCell className="font-mono text-xs">{one.version}</TableCell>
                <TableCell className="hidden text-muted-foreground text-xs sm:table-cell">{one.ecosystem}</TableCell>
                <TableCell className="hidden text-muted-foreground text-xs md:table-cell">
                  {one.licenses.join(", ")}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      {found.length > shownMax ? (
        <p className="mt-2 text-muted-foreground text-xs">
          The first {shownMax}; narrow the words, or take the file, which has all of them.
        </p>
      ) : null}
    </>
  );
};
