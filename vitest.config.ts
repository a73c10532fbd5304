import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/.next/**", "**/.open-next/**", "**/.samla/**"];
const pool = "forks" as const;

/** `unit`: fast and offline. `contract`: real adapters and services against the stand-in. `corpus`: real documents and judged collections beside the project. `aws`: what would be deployed, executed offline. */
export default defineConfig({
  test: {
    // Two cores are worth two workers: files wait much, for processes, queues and the disk.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,functions,agents,web,infra,scripts,bench}/**/*.test.{ts,tsx}"],
          exclude: [...exclude, "**/*.{contract,corpus,aws}.test.ts"],
          testTimeout: 30_000,
          pool,
        },
      },
      {
        test: {
          name: "contract",
          include: ["**/*.contract.test.ts"],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool,
        },
      },
      {
        test: {
          name: "aws",
          include: ["{infra,agents}/**/*.aws.test.ts"],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ["infra/testing/global-setup.ts"],
          pool,
        },
      },
      {
        test: {
          name: "corpus",
          include: ["**/*.corpus.test.ts"],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          pool,
        },
      },
    ],
  },
});
