import { describe, expect, test } from "vitest";
import { failureText } from "../../src/cli/failure-text.ts";
import { UserError } from "../../src/errors.ts";

const AT_MS = Date.UTC(2026, 0, 2);
const unknown = new UserError("failure", "cam0: ffmpeg exited with code 1: b", {
  lastLines: ["a (12 times more)", "b\u001b[2J"],
});

const fieldsOf = (...lastLines: readonly string[]) =>
  JSON.parse(failureText(new UserError("failure", "it", { lastLines }), "json", AT_MS)) as object;

describe("a failure for the user", () => {
  test("takes one line, whatever ffmpeg put into it", () => {
    expect(failureText(new UserError("brokenInput", "broken:\n  no moov atom"))).toBe(
      "flvcast: broken: no moov atom\n",
    );
  });

  test("whose reason is not known has ffmpeg's last lines below", () => {
    expect(failureText(unknown)).toBe(
      "flvcast: cam0: ffmpeg exited with code 1: b\n  a (12 times more)\n  b [2J\n",
    );
  });

  test("that is all of what ffmpeg said is not said twice", () => {
    expect(failureText(new UserError("failure", "exited: b", { lastLines: ["b"] }))).toBe(
      "flvcast: exited: b\n",
    );
  });

  test("has what ffmpeg said in JSON where it said something", () => {
    expect(fieldsOf("one")).toMatchObject({ lastLines: "one" });
    expect(fieldsOf()).not.toHaveProperty("lastLines");
  });

  test("has its priority on each line under systemd", () => {
    expect(failureText(unknown, "journal").split("\n")).toEqual([
      "<3>cam0: ffmpeg exited with code 1: b",
      "<3>  a (12 times more)",
      "<3>  b [2J",
      "",
    ]);
  });

  test("is one object in JSON, with its reason and exit code", () => {
    const text = failureText(unknown, "json", AT_MS);
    expect(text.split("\n")).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({
      time: "2026-01-02T00:00:00.000Z",
      level: "error",
      event: "failed",
      text: "cam0: ffmpeg exited with code 1: b",
      reason: "failure",
      exitCode: 1,
      lastLines: "a (12 times more)\nb\u001b[2J",
    });
  });
});

describe("a failure of ours", () => {
  test("comes with its stack and says so", () => {
    expect(failureText(new Error("oops"))).toMatch(/^Error: oops\n {4}at [^]*\nflvcast: this is a bug/);
  });

  test("is one object in JSON, stack and all", () => {
    const text = failureText(new Error("oops"), "json", AT_MS);
    expect(text.split("\n")).toHaveLength(2);
    expect(JSON.parse(text)).toMatchObject({
      level: "error",
      event: "internal-error",
      text: expect.stringMatching(/^this is a bug/),
      stack: expect.stringMatching(/^Error: oops\n {4}at /),
    });
  });

  test("has its priority on each line under systemd", () => {
    const lines = failureText(new Error("oops"), "journal").trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("<3>"))).toEqual([]);
  });
});
