import type { Advisory } from "../../packages/local-aws/ecr/scan/advisories.ts";

const batchSize = 500;
const timeoutMs = 30_000;
const together = 8;

export type Coordinate = { ecosystem: string; name: string; version: string };

const ask = async (url: URL, body?: object): Promise<unknown> => {
  const answer = await fetch(url, {
    ...(body ? { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!answer.ok) throw new Error(`${url.host} answered ${answer.status} to ${url.pathname}`);
  return answer.json();
};

/** What is kept of a record: matching and showing need no more. */
const slim = (one: Advisory, wanted: ReadonlySet<string>): Advisory => ({
  id: one.id,
  ...(one.aliases ? { aliases: one.aliases } : {}),
  ...(one.summary ? { summary: one.summary.slice(0, 300) } : {}),
  ...(one.withdrawn ? { withdrawn: one.withdrawn } : {}),
  affected: one.affected
    .filter(({ package: part }) => part && wanted.has(`${part.ecosystem} ${part.name}`))
    .map(({ package: part, ranges, versions }) => ({
      package: { ecosystem: part.ecosystem, name: part.name },
      ...(ranges ? { ranges: ranges.map(({ type, events }) => ({ type, events })) } : {}),
      ...(versions && !ranges?.some(({ type }) => type !== "GIT") ? { versions } : {}),
    })),
  ...(one.database_specific?.severity ? { database_specific: { severity: one.database_specific.severity } } : {}),
  ...(one.references ? { references: one.references.slice(0, 1) } : {}),
});

/**
 * Advisories of OSV (https://google.github.io/osv.dev/api/) that name one of the packages.
 * @throws Error naming the host and its answer
 */
export const fetchOsv = async (base: string, packages: readonly Coordinate[]): Promise<Advisory[]> => {
  const ids = new Set<string>();
  for (let from = 0; from < packages.length; from += batchSize) {
    const part = packages.slice(from, from + batchSize);
    const queries = part.map(({ ecosystem, name, version }) => ({ package: { ecosystem, name }, version }));
    const { results = [] } = (await ask(new URL("/v1/querybatch", base), { queries })) as {
      results?: { vulns?: { id: string }[] }[];
    };
    for (const { vulns = [] } of results) for (const { id } of vulns) if (/^[\w.:-]{3,80}$/.test(id)) ids.add(id);
  }
  const wanted = new Set(packages.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
  const found: Advisory[] = [];
  const todo = [...ids];
  const work = async (): Promise<void> => {
    for (let id = todo.shift(); id !== undefined; id = todo.shift())
      found.push(slim((await ask(new URL(`/v1/vulns/${encodeURIComponent(id)}`, base))) as Advisory, wanted));
  };
  await Promise.all(Array.from({ length: together }, work));
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
};
