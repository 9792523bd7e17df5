import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** Appends `PASSED FAILED` of a run to the file named by FLVCAST_TALLY, for .ci/run to add up. */
// oxlint-disable-next-line import/no-default-export -- vitest takes a reporter from a file only like this
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const passed = states.filter((state) => state === "passed").length;
    const failedTests = states.filter((state) => state === "failed").length;
    // A file that does not load has no tests, and an error outside of tests belongs to none.
    const failedFiles = modules.filter((module) => module.errors().length > 0).length;
    const path = process.env["FLVCAST_TALLY"];
    if (path) appendFileSync(path, `${passed} ${failedTests + failedFiles + errors.length}\n`);
  }
}
