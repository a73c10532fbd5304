/** A complete environment of a function; nothing listens at its addresses. */
export const testEnvironment: Record<string, string> = {
  SAMLA_CATALOG_TABLE: "catalog",
  SAMLA_BUCKET: "documents",
  SAMLA_QUEUES: JSON.stringify(
    Object.fromEntries(
      ["stored", "process", "index", "embed", "fill", "evaluate"].map((name) => [
        name,
        {
          url: `http://127.0.0.1:9/000000000000/${name}`,
          deadLetterUrl: `http://127.0.0.1:9/000000000000/${name}-dead`,
        },
      ]),
    ),
  ),
  SAMLA_ENGINE_URI: "/nowhere",
  SAMLA_EMBEDDER: JSON.stringify({ kind: "none" }),
  SAMLA_API_URL: "http://127.0.0.1:9/v1",
  SAMLA_SOCKET_URL: "ws://127.0.0.1:9",
  SAMLA_SOCKET_MANAGEMENT_URL: "http://127.0.0.1:9",
  SAMLA_ISSUER_URL: "http://127.0.0.1:9",
  SAMLA_AUDIENCE: "https://api.test",
  SAMLA_USAGE_KEYS: JSON.stringify({ person: "key-of-the-people-plan", machine: "key-of-the-machine-plan" }),
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIATEST000000000000",
  AWS_SECRET_ACCESS_KEY: "test",
};
