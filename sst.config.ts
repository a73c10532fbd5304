/** What is deployed to AWS; each concern is a file in `infra/`. */
export default $config({
  app(input) {
    const production = input?.stage === "production";
    const region = (process.env.SAMLA_REGION ?? "eu-central-1") as "eu-central-1";
    const tags = { app: "samla", stage: input?.stage ?? "dev" };
    return {
      name: "samla",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { version: "7.20.0", region, defaultTags: { tags } }, random: "4.16.6" },
    };
  },
  async run() {
    await import("./infra/defaults.ts");
    const { documents, catalog } = await import("./infra/storage.ts");
    const { apiUrl } = await import("./infra/api.ts");
    const { socket } = await import("./infra/socket.ts");
    const { userPool } = await import("./infra/auth.ts");
    const { agentSettings } = await import("./infra/agents.ts");
    const { publicUrl } = await import("./infra/web.ts");
    await import("./infra/events.ts");
    await import("./infra/observe.ts");
    await import("./infra/backup.ts");
    return {
      ...{ publicUrl, apiUrl, socketUrl: socket.url, documents: documents.name, catalog: catalog.name },
      ...{ userPool: userPool.id, agentSettings },
    };
  },
});
