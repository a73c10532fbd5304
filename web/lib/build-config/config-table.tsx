import type { BuildConfig } from "@samla/contracts";
import type { ReactNode } from "react";
import { listOfValue, settingLabel, showValue } from "./labels.ts";

const groups: readonly { title: string; paths: readonly string[] }[] = [
  { title: "Reading", paths: ["ocr"] },
  { title: "Passages", paths: ["splitBy", "targetTokens", "overlapTokens"] },
  { title: "Meaning", paths: ["embedder", "dimensions"] },
  {
    title: "Words",
    paths: ["language", "stem", "fieldWeights.title", "fieldWeights.section", "stopWords", "synonyms"],
  },
  { title: "Ranking", paths: ["fusion", "fusion.feedback", "pinned", "buried"] },
];

const valueAt = (config: BuildConfig, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);

/** A whole configuration in words. */
export const ConfigTable = ({ config }: { config: BuildConfig }) => (
  <div className="grid gap-x-10 gap-y-5 md:grid-cols-2">
    {groups.map((group) => (
      <section key={group.title} aria-label={group.title}>
        <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{group.title}</h3>
        <dl className="grid grid-cols-[minmax(0,10rem)_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
          {group.paths.map((path) => (
            <Row key={path} label={settingLabel(path)}>
              <Value config={config} path={path} />
            </Row>
          ))}
        </dl>
      </section>
    ))}
  </div>
);

const Value = ({ config, path }: { config: BuildConfig; path: string }) => {
  const value = valueAt(config, path);
  const members =
    path === "stopWords" && config.stopWords.kind === "custom"
      ? config.stopWords.words
      : (listOfValue(path, value) ?? []);
  if (members.length === 0) return <span className="break-words">{showValue(path, value)}</span>;
  return (
    <details>
      <summary className="text-link">{showValue(path, value)}</summary>
      <ul className="mt-1 grid max-h-56 gap-0.5 overflow-y-auto text-xs">
        {members.map((member) => (
          <li key={member} className="break-words">
            {member}
          </li>
        ))}
      </ul>
    </details>
  );
};

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-muted-foreground">{label}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
