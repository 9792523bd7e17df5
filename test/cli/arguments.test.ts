import { expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { start } from "../../src/cli/start.ts";

const flagsOf = (...argv: string[]) => Object.fromEntries(parseArguments("start", start.flags, argv).flags);

test("an option that takes a list may be given again, or once with commas", () => {
  const list = { "public-host": "cam.example,cam.lan" };
  expect(flagsOf("--public-host", "cam.example", "--public-host", "cam.lan")).toEqual(list);
  expect(flagsOf("--public-host=cam.example,cam.lan")).toEqual(list);
});

test("any other is given once", () => {
  expect(() => flagsOf("--port", "1", "--port", "2")).toThrow("--port is given more than once: give it once");
});
