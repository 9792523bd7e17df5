import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: process.env["FLVCAST_TALLY"] ? ["default", "./test/tally.ts"] : ["default"],
    projects: [
      { test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", "test/bench/**"] } },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
