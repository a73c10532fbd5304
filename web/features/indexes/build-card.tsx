import type { Build } from "@samla/contracts";
import type { ReactNode } from "react";
import { describeFusion } from "../../lib/build-config/labels.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** The live build and the configuration it was made with. */
export const BuildCard = ({ build }: { build: Build }) => (
  <section aria-label="Live build" className="mt-8">
    <h2 className="flex flex-wrap items-center gap-2 font-semibold text-lg">
      Live build <CopyableId id={build.id} label="build id" full />
      <Badge tone="success">{build.status}</Badge>
    </h2>
    <dl className="mt-3 grid gap-x-8 gap-y-2 text-sm sm:grid-cols-[max-content_1fr]">
      <Row label="Language">{build.config.language}</Row>
      <Row label="Passage length">about {build.config.targetTokens} tokens</Row>
      <Row label="Embedder">
        <span className="break-all font-mono text-xs">{build.config.embedder}</span>
        {build.config.dimensions > 0 ? `, ${build.config.dimensions} dimensions` : ""}
      </Row>
      <Row label="Ranking">{describeFusion(build.config.fusion)}</Row>
      <Row label="Made">
        <RelativeTime at={build.createdAt} /> by {build.createdBy}
      </Row>
    </dl>
  </section>
);

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted-foreground">{label}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
