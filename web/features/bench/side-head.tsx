"use client";
import type { BuildDetail, QuerySettings, TrySearchResult } from "@samla/contracts";
import { changesOfConfig } from "@samla/contracts/plain";
import { Rocket, SlidersHorizontal } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { callApi, createIdempotencyKey } from "../../lib/api.ts";
import { buildTitle } from "../../lib/builds.ts";
import { formatCount, formatDuration } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { buildPath } from "../../lib/paths.ts";
import { toastError } from "../../lib/query-error.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { toast } from "../../ui/toast.ts";
import { noneId, settingsOf } from "./state.ts";

const SettingsSheet = dynamic(() => import("./settings-sheet.tsx").then((module) => module.SettingsSheet), {
  ssr: false,
});

/** The head of a side: which build, with which settings, and what became of the query there. */
export const SideHead = ({
  name,
  build,
  builds,
  tried,
  result,
  mayBeNone = false,
  onBuild,
  onTried,
}: {
  name: string;
  build: BuildDetail | undefined;
  builds: readonly BuildDetail[];
  tried: QuerySettings | null;
  result: TrySearchResult | undefined;
  mayBeNone?: boolean;
  onBuild: (buildId: string | null) => void;
  onTried: (tried: QuerySettings | null) => void;
}) => {
  const [isOpen, setOpen] = useState<boolean>();
  const count = tried ? Object.keys(tried).length : 0;
  return (
    <section aria-label={name} className="grid min-w-0 content-start gap-2 rounded-lg border bg-card p-3">
      <div className="flex flex-wrap items-center gap-2">
        <NativeSelect
          aria-label={`Build of the ${name.toLowerCase()}`}
          className="min-w-0 flex-1 basis-40 [&_select]:h-8 [&_select]:text-sm [&_svg]:top-2.5"
          value={build?.id ?? noneId}
          options={[
            ...builds.map((one) => ({
              value: one.id,
              label: `${one.status === "live" ? "Live: " : ""}${buildTitle(one)} (${one.id.slice(-6)})`,
            })),
            ...(mayBeNone ? [{ value: noneId, label: "Nothing to compare with" }] : []),
          ]}
          onChange={(event) => onBuild(event.target.value)}
        />
        {build ? (
          <Button onClick={() => setOpen(true)}>
            <SlidersHorizontal aria-hidden /> Settings
            {count > 0 ? <Badge tone="primary">{count}</Badge> : null}
          </Button>
        ) : null}
      </div>
      {build && tried ? <Tried build={build} tried={tried} onReset={() => onTried(null)} /> : null}
      {result ? <Outcome result={result} /> : null}
      {build && isOpen !== undefined ? (
        <SettingsSheet build={build} tried={tried} open={isOpen} onOpenChange={setOpen} onTried={onTried} />
      ) : null}
    </section>
  );
};

/** What is tried instead of the build's own settings, and the way to make it a candidate. */
const Tried = ({ build, tried, onReset }: { build: BuildDetail; tried: QuerySettings; onReset: () => void }) => {
  const router = useRouter();
  const mayBuild = useCan("builds.write");
  const [isBusy, setBusy] = useState(false);
  const config = { ...build.config, ...settingsOf(build, tried) };
  const changes = changesOfConfig(build.config, config);
  const makeCandidate = async () => {
    setBusy(true);
    try {
      const made = await callApi("builds.create", {
        params: { index: build.index },
        body: { config, note: `From the test bench, on “${buildTitle(build)}”`.slice(0, 500) },
        idempotencyKey: createIdempotencyKey(),
      });
      toast.success("These settings are a candidate build now");
      router.push(buildPath(build.index, made.id));
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md bg-primary-soft px-2.5 py-1.5 text-xs">
      <span className="min-w-0 flex-1 basis-40">
        {changes.length === 1 ? "1 setting" : `${changes.length} settings`} other than the build's own.{" "}
        <button type="button" className="text-link underline underline-offset-2" onClick={onReset}>
          Take back
        </button>
      </span>
      {mayBuild ? (
        <Button size="sm" variant="primary" busy={isBusy} onClick={() => void makeCandidate()}>
          <Rocket aria-hidden /> Make these settings a candidate build
        </Button>
      ) : null}
    </div>
  );
};

/** Hits, time, and what became of each word. */
const Outcome = ({ result }: { result: TrySearchResult }) => {
  const { words, timings, total } = result;
  return (
    <div className="grid gap-1 text-xs">
      <p className="flex flex-wrap gap-x-3 text-muted-foreground tabular-nums">
        <span>
          {total.exact ? "" : "more than "}
          {formatCount(total.value)} passages
        </span>
        <span title="embedding the query, then searching">
          {formatDuration(timings.totalMs)} (embedding {formatDuration(timings.embedMs)}, engine{" "}
          {formatDuration(timings.engineMs)})
        </span>
      </p>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Words label="Used" words={words.used} />
        <Words label="Added" words={words.added} tone="success" />
        <Words label="Passed by" words={words.left} tone="neutral" isStruck />
        {words.corrected ? (
          <span>
            <span className="text-muted-foreground">Spelling relaxed to </span>
            {words.corrected}
          </span>
        ) : null}
      </p>
    </div>
  );
};

const Words = ({
  label,
  words,
  tone = "info",
  isStruck,
}: {
  label: string;
  words: readonly string[];
  tone?: "info" | "success" | "neutral";
  isStruck?: boolean;
}): ReactNode =>
  words.length === 0 ? null : (
    <span className="inline-flex flex-wrap items-center gap-1">
      <span className="text-muted-foreground">{label}</span>
      {words.map((word) => (
        <Badge key={word} tone={tone} className={isStruck ? "line-through" : undefined}>
          {word}
        </Badge>
      ))}
    </span>
  );
