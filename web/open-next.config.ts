/** The console renders every page anew and keeps nothing between requests, so it needs no cache, tags or queue in AWS. */
const config = {
  default: {
    override: { wrapper: "aws-lambda-streaming", incrementalCache: "dummy", tagCache: "dummy", queue: "dummy" },
  },
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
  imageOptimization: { loader: "dummy", install: { packages: [] } },
  buildCommand: "node ../node_modules/next/dist/bin/next build",
};

export default config;
