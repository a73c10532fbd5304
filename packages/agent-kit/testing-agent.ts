import { runAgent } from "./run-agent.ts";

/** An agent for tests of the kit itself, run as a process of its own: it answers at once, slowly, or not at all. */
runAgent({
  manifest: {
    name: "probe",
    title: "Probe",
    description: "An agent of the kit's tests.",
    version: "1.2.3",
    cpu: 256,
    memoryMb: 512,
    health: { path: "/health", startSeconds: Number(process.env.TEST_START_SECONDS ?? 5) },
    scaling: { minTasks: 1, maxTasks: 1, cpuTargetPercent: 60 },
    needs: { credentials: process.env.TEST_CREDENTIALS === "required" ? "required" : "none" },
    settings: { greeting: { title: "Greeting", type: "text", required: true, max: 20 } },
  },
  open: ({ environment }) => ({
    card: { skills: [], interfaces: [], streaming: false, inputModes: [], outputModes: [] },
    routes: [
      {
        method: "GET",
        path: "/hello/{who}",
        handle: ({ outgoing, params }) => void outgoing.end(`${environment.settings.greeting} ${params.who}`),
      },
      {
        method: "GET",
        path: "/slow",
        handle: async ({ outgoing, query }) => {
          outgoing.write("begun ");
          await new Promise((resolve) => setTimeout(resolve, Number(query.get("ms"))));
          outgoing.end("ended");
        },
      },
      {
        method: "GET",
        path: "/endless",
        timeoutMs: 100,
        handle: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      },
      {
        method: "POST",
        path: "/echo",
        bodyMaxBytes: 100,
        handle: async (request) => void request.outgoing.end(await request.text()),
      },
      {
        method: "GET",
        path: "/broken",
        handle: () => {
          throw new Error("something of ours");
        },
      },
    ],
  }),
});
