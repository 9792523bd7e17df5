import { defineConfig } from "vitest/config";

/** End-to-end tests whose bounds are milliseconds: nothing runs beside them. */
const timed = ["key-wait", "latency", "odd-pace", "sync"].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    reporters: process.env["FLVCAST_TALLY"] ? ["default", "./test/tally.ts"] : ["default"],
    globalSetup: "test/cache-folder.ts",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/e2e/**",
            "test/long/**",
            "test/players/**",
            "test/real-devices/**",
            "test/real-inputs/**",
            "test/soak/**",
          ],
          // The rooms keep no state of their own: a fresh process for each file takes twice as long.
          pool: "threads",
          isolate: false,
          maxWorkers: "100%",
          // With a load of 20, some tests take twenty times as long; only what hangs waits so long.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: timed,
          sequence: { groupOrder: 1 }, // after the unit tests, whatever came of those
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 3, // they wait for processes and clocks more than they compute
        },
      },
      {
        test: {
          name: "timed",
          include: timed,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "long",
          include: ["test/long/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "players",
          include: ["test/players/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: "devices",
          include: ["test/real-devices/**/*.test.ts"],
          // A guest in software beside other work is twenty times as slow; only what hangs waits so long.
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: "inputs",
          include: ["test/real-inputs/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "soak",
          include: ["test/soak/**/*.test.ts"],
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: "bench",
          include: ["test/bench/**/*.bench.ts"],
          testTimeout: 1_200_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          disableConsoleIntercept: true,
        },
      },
    ],
  },
});
