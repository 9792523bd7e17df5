import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellLine } from "../../src/channel/dry-run.ts";

it("reads in a shell as the same words", () => {
  const words = ["a b", "it's", "", "$HOME", "`x`", "a\\b", '"q"', "expr:if(isnan(t),1,0)", "-i", "x*y", "ä"];
  const printed = execFileSync("sh", ["-c", `printf '%s\\n' ${shellLine(words)}`], { encoding: "utf8" });
  expect(printed.split("\n").slice(0, -1)).toEqual(words);
});
