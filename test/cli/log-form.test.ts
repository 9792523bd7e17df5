import { closeSync, fstatSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Io } from "../../src/cli/command.ts";
import { askedLogFormat, logForm } from "../../src/cli/log-form.ts";

let fd = -1;
beforeAll(() => {
  fd = openSync("package.json", "r");
});
afterAll(() => closeSync(fd));

const stderr = () => ({ fd }) as Io["stderr"]; // all that is looked at
const journal = () => {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return { JOURNAL_STREAM: `${dev}:${ino}` };
};

describe("auto", () => {
  test("is the journal's form where stderr is the journal", () => {
    expect(logForm("auto", journal(), stderr())).toBe("journal");
  });

  test("has the time where stderr is another file than the journal: the variable is inherited", () => {
    expect(logForm("auto", { JOURNAL_STREAM: "8:1" }, stderr())).toBe("dated");
    expect(logForm("auto", {}, stderr())).toBe("dated");
    const pipe = openSync("/dev/null", "w");
    expect(logForm("auto", {}, { fd: pipe } as unknown as Io["stderr"])).toBe("text");
    closeSync(pipe);
    expect(logForm("auto", journal(), { fd: 987_654 } as unknown as Io["stderr"])).toBe("text");
  });
});

test("what is asked for holds in the journal, too", () => {
  expect(logForm("json", journal(), stderr())).toBe("json");
  expect(logForm("text", journal(), stderr())).toBe("text");
});

test.each<[argv: readonly string[], env: Record<string, string>, format: string]>([
  [["start", "--log-format", "json", "--sice", "1x1"], {}, "json"],
  [["start", "--log-format=json"], { FLVCAST_LOG_FORMAT: "text" }, "json"],
  [["start"], { FLVCAST_LOG_FORMAT: "json" }, "json"],
  [["start", "--log-format"], {}, "auto"],
  [["start", "--log-format", "jsn"], {}, "auto"],
])("of the command line %j and %j, a refusal is written as %s", (argv, env, format) => {
  expect(askedLogFormat(argv, env)).toBe(format);
});
