import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exitCodes, UserError } from "../src/errors.ts";

test("docs/exit-codes.md lists the exit codes that there are", () => {
  const rows = readFileSync("docs/exit-codes.md", "utf8").matchAll(/^\|\s*(\d+)\s*\|\s*(\w+)\s*\|/gm);
  expect(Object.fromEntries([...rows].map(([, code, name]) => [name, Number(code)]))).toEqual(exitCodes);
});

test("a failure knows its exit code", () => {
  expect(new UserError("portInUse", "port 8080 is taken").exitCode).toBe(15);
});
