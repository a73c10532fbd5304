/** The tests' agent: what it does wrong is chosen by its settings. Never shipped. */
const program = String.raw`
import { createServer } from "node:http";
const env = process.env;
const { mode = "well", name = "" } = JSON.parse(env.SAMLA_AGENT_SETTINGS ?? "{}");
const release = env.SAMLA_RELEASE_ID;
console.log(JSON.stringify({ level: "info", message: "start", mode, release }));
const die = (text, code = 1) => { console.error(text); process.exit(code); };
if (mode === "missing_variable") die("Error: Missing required environment variable DATABASE_URL\n    at main.js:9:1");
if (mode === "access_denied") die("AccessDeniedException: User is not authorized to perform bedrock:InvokeModel");
if (mode === "bad_configuration") die("Error: failed to parse /app/config.json: Unexpected token } at line 3");
if (mode === "index_unreachable") {
  console.log(JSON.stringify({ level: "fatal", code: "index_unreachable", message: "The index handbook is not there", nextStep: "Create it." }));
  process.exit(66);
}
if (mode === "crash_loop") setTimeout(() => die("boom"), 100);
if (mode === "out_of_memory") { const kept = Array.from({ length: 12 }, () => Buffer.alloc(64 << 20, 1)); setInterval(() => kept.length, 1000); }
const server = createServer(async (req, res) => {
  if (req.url === "/health" || req.url === "/well") return res.writeHead(200).end("ok");
  if (req.url.startsWith("/agents/")) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    return res.end(name);
  }
  res.writeHead(404).end();
});
const port = mode === "wrong_port" ? 9090 : Number(env.PORT);
if (mode === "slow_start") setInterval(() => console.log("loading the model"), 500);
else if (mode === "out_of_memory") console.log("reading everything");
else server.listen(port, () => console.log("listening on port " + port));
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

/** Layers and configuration of that image for `createTestImage`: it brings this Node along as a script. */
export const fixtureLayers = [
  {
    "app/main.mjs": program,
    "usr/local/bin/node": `#!/bin/sh\nexec ${process.execPath} "$@"\n`,
  },
];
export const fixtureConfig = {
  Entrypoint: [process.execPath, "/app/main.mjs"],
  WorkingDir: "/app",
  Labels: { "org.opencontainers.image.revision": "0123456789abcdef0123456789abcdef01234567" },
};
