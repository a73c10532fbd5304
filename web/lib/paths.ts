/** Address of a document's source at a passage, with the words to step through. */
export const viewPath = (
  documentId: string,
  { version, passage, q }: { version?: string; passage?: string; q?: string } = {},
): string => {
  const query = new URLSearchParams();
  if (version) query.set("version", version);
  if (passage) query.set("passage", passage);
  if (q) query.set("q", q);
  const text = query.toString();
  return `/documents/${documentId}/view${text ? `?${text}` : ""}`;
};

/** Asking, with a question that waits in the box to be sent. */
export const askPath = (question: string): string => `/ask?${new URLSearchParams({ q: question })}`;
export const documentPath = (documentId: string): string => `/documents/${documentId}`;
export const indexPath = (slug: string): string => `/indexes/${slug}`;
export const buildPath = (slug: string, buildId: string): string => `${indexPath(slug)}/builds/${buildId}`;
/** Where a new build is put together, beginning with the configuration of another one. */
export const newBuildPath = (slug: string, fromBuildId?: string): string =>
  `${indexPath(slug)}/builds/new${fromBuildId ? `?from=${fromBuildId}` : ""}`;
export const questionsPath = (slug: string): string => `${indexPath(slug)}/questions`;
export const questionPath = (slug: string, questionId: string): string => `${questionsPath(slug)}/${questionId}`;
export const evaluationsPath = (slug: string): string => `${indexPath(slug)}/evaluations`;
export const evaluationPath = (slug: string, evaluationId: string): string =>
  `${evaluationsPath(slug)}/${evaluationId}`;
export const comparisonPath = (slug: string, before: string, after: string): string =>
  `${evaluationsPath(slug)}/compare?${new URLSearchParams({ before, after })}`;
/** The test bench with a query on one build, or on two. */
export const benchPath = (
  slug: string,
  { q, left, right, mode }: { q?: string; left?: string; right?: string; mode?: string } = {},
): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ q, left, right, mode })) if (value) query.set(name, value);
  const text = query.toString();
  return `${indexPath(slug)}/bench${text ? `?${text}` : ""}`;
};
export const queriesPath = (slug: string): string => `${indexPath(slug)}/queries`;
export const queryPath = (slug: string, queryId: string): string => `${queriesPath(slug)}/${queryId}`;
export const carePath = (slug: string): string => `${indexPath(slug)}/care`;

export const agentsPath = "/agents";
export const agentPath = (agent: string, part = ""): string => `${agentsPath}/${agent}${part ? `/${part}` : ""}`;
export const releasePath = (agent: string, releaseId: string): string => agentPath(agent, `releases/${releaseId}`);
/** Where a release is put together, beginning with the image and settings of another one, or with an image. */
export const newReleasePath = (agent: string, { from, digest }: { from?: string; digest?: string } = {}): string => {
  const query = new URLSearchParams({ ...(from ? { from } : {}), ...(digest ? { digest } : {}) }).toString();
  return `${agentPath(agent, "releases/new")}${query ? `?${query}` : ""}`;
};
/** A run of the agent that keeps an index equal to its source. */
export const runPath = (agent: string, runId: string): string => agentPath(agent, `runs/${runId}`);
export const taskPath = (agent: string, taskId: string): string => agentPath(agent, `tasks/${taskId}`);
/** An agent's log: of one task, with words, or around a time. */
export const logsPath = (
  agent: string,
  { task, q, at }: { task?: string | undefined; q?: string; at?: string } = {},
): string => {
  const query = new URLSearchParams({
    ...(task ? { task } : {}),
    ...(q ? { q } : {}),
    ...(at ? { at } : {}),
  }).toString();
  return `${agentPath(agent, "logs")}${query ? `?${query}` : ""}`;
};

export const imagesPath = "/images";
export const repositoryPath = (repository: string): string => `${imagesPath}/${repository}`;
export const imagePath = (repository: string, digest: string): string => `${repositoryPath(repository)}/${digest}`;
