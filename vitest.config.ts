import { defineConfig } from "vitest/config";

const unit = [
  "packages/**/*.test.ts",
  "functions/**/*.test.ts",
  "web/**/*.test.{ts,tsx}",
  "infra/**/*.test.ts",
  "scripts/**/*.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: unit,
          exclude: ["**/*.contract.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
          pool: "forks",
        },
      },
      {
        test: {
          name: "contract",
          include: ["**/*.contract.test.ts"],
          exclude: ["**/node_modules/**", "**/.next/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: "forks",
        },
      },
    ],
  },
});
