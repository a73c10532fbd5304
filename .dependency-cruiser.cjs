/** Who may import whom (docs/architecture.md). Every rule is an error and there is no baseline of old violations. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });
const tests = "\\.(test|contract\\.test|spec)\\.tsx?$|/testing[^/]*\\.ts$|/test-[^/]*\\.ts$";
const sdk = "node_modules/@aws-sdk/";

module.exports = {
  forbidden: [
    rule("no-circular", "A cycle has no order of reading.", {}, { circular: true }),
    rule(
      "no-unresolvable",
      "An import must lead somewhere.",
      {},
      { couldNotResolve: true, pathNot: "^(server-only|aws-lambda|node:)" },
    ),
    rule(
      "contracts-stand-alone",
      "Contracts are browser-safe: zod and nothing else.",
      { path: "^packages/contracts/", pathNot: tests },
      { pathNot: "^packages/contracts/|node_modules/zod/" },
    ),
    rule(
      "plain-has-no-shapes",
      "What browsers take of the contracts loads no schema library.",
      { path: "^packages/contracts/plain", pathNot: tests },
      { pathNot: "^packages/contracts/plain/" },
    ),
    rule(
      "core-is-free",
      "Rules know contracts, ids and schemas; no AWS, no framework.",
      { path: "^packages/core/", pathNot: tests },
      { pathNot: "^packages/(core|contracts)/|node_modules/(zod|ulid)/|^node:|^(fs|fs/promises|crypto)$" },
    ),
    rule(
      "aws-knows-ports",
      "Adapters know ports and errors of the kernel, never verbs.",
      { path: "^packages/aws/", pathNot: tests },
      { path: "^packages/(core/(?!kernel/)|engine|extract|local-aws)/|^(functions|web|infra|scripts)/" },
    ),
    rule(
      "engine-knows-ports",
      "The engine knows its port.",
      { path: "^packages/engine/", pathNot: tests },
      { path: "^packages/(core/(?!kernel/)|aws|extract|local-aws)/|^(functions|web|infra|scripts)/" },
    ),
    rule(
      "extract-knows-contracts",
      "Readers know the shapes they yield.",
      { path: "^packages/extract/", pathNot: tests },
      { path: "^packages/(core|aws|engine|local-aws)/|^(functions|web|infra|scripts)/" },
    ),
    rule(
      "stand-in-knows-nothing",
      "A stand-in that shared code with the adapters would share their mistakes.",
      { path: "^packages/local-aws/", pathNot: tests },
      { path: `^packages/(?!local-aws/)|^(functions|web|infra|scripts)/|${sdk}` },
    ),
    rule(
      "functions-compose",
      "Only the runtime picks adapters; handlers parse, call and map.",
      { path: "^functions/(http|tasks)/", pathNot: tests },
      { path: `^packages/(aws|engine|extract|local-aws)/|^(web|scripts)/|${sdk}` },
    ),
    rule(
      "functions-without-sdk",
      "The AWS SDK is spoken in packages/aws.",
      { path: "^functions/", pathNot: tests },
      { path: `${sdk}|^packages/local-aws/|^(web|scripts)/` },
    ),
    rule(
      "agents-are-clients",
      "A container is a client outside: it reaches SAMLA through the API and knows no other agent.",
      { path: "^agents/([^/]+)/", pathNot: tests },
      { path: "^packages/(?!contracts/|agent-kit/)|^(functions|web|infra|scripts|e2e)/|^agents/(?!$1/)" },
    ),
    rule(
      "web-knows-contracts",
      "The API is the console's only door.",
      { path: "^web/(app|features|ui|lib)/", pathNot: tests },
      { path: `^packages/(?!contracts/)|^(functions|infra|scripts)/|${sdk}` },
    ),
    rule(
      "bff-knows-contracts-and-adapters",
      "The BFF goes through the API; its sessions lie in a table, and verbs of agents and images run in it.",
      { path: "^web/bff/", pathNot: tests },
      { path: `^packages/(?!contracts/|aws/|core/(?:agents|images|kernel)/)|^(functions|infra|scripts)/|${sdk}` },
    ),
    rule(
      "bff-stays-on-the-server",
      "Browser code never reaches into the BFF.",
      { path: "^web/(features|ui|lib)/" },
      { path: "^web/bff/" },
    ),
    rule(
      "features-apart",
      "Panels are composed in app/.",
      { path: "^web/features/([^/]+)/" },
      { path: "^web/features/([^/]+)/", pathNot: "^web/features/$1/" },
    ),
    rule(
      "ui-knows-nothing",
      "Primitives know nothing of SAMLA.",
      { path: "^web/ui/" },
      { path: "^web/(app|features|bff)/|^packages/" },
    ),
    rule(
      "tests-are-not-imported",
      "Product code never imports a test.",
      { pathNot: `${tests}|^e2e/` },
      { path: "\\.(test|contract\\.test|spec)\\.tsx?$" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.next/|\\.samla/|node_modules/(?!zod|ulid|@aws-sdk)" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    parser: "swc",
    moduleSystems: ["es6", "cjs"],
  },
};
