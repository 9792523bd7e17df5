import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { eventNames } from "../src/log.ts";

it("has every event in docs/recipes/logs.md, and no other, since programs rely on their names", () => {
  const rows = readFileSync("docs/recipes/logs.md", "utf8").matchAll(/^\| `([a-z-]+)` +\|/gm);
  expect([...rows].map(([, name]) => name)).toEqual(eventNames);
});
