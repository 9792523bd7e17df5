import { expect, it } from "vitest";
import { mustRun } from "../run.ts";

it("V8 has the flag by which its heap may grow", async () => {
  const { stdout } = await mustRun([process.execPath, "--v8-options"]);
  expect(stdout).toContain("--heap-growing-percent");
});
