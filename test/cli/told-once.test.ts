import { join } from "node:path";
import { expect, test } from "vitest";
import { oncePerMachine } from "../../src/cli/told-once.ts";
import { notice } from "../../src/log.ts";
import { freshStateFolder } from "../state-folder.ts";

const fallback = (text: string) => notice("encoder-selected", text, { encoder: "libx264" });

test("that the CPU encodes is told once, and again where there is more to tell", () => {
  const folder = join(freshStateFolder(), "not-there-yet");
  const level = (text: string) => oncePerMachine(fallback(text), folder).level;
  expect([level("no encoder"), level("no encoder")]).toEqual(["notice", "debug"]);
  expect([level("no driver"), level("no driver")]).toEqual(["notice", "debug"]);
});

test("where nothing can be remembered, it is told each time", () => {
  for (const event of [fallback("no encoder"), fallback("no encoder")])
    expect(oncePerMachine(event, "/dev/null/nowhere").level).toBe("notice");
});

test("another event, or an encoder that has changed, is always told", () => {
  const folder = freshStateFolder();
  const changed = notice("encoder-selected", "now with x", { encoder: "x", input: "cam0" });
  for (const event of [
    changed,
    changed,
    notice("public-access", "anyone"),
    notice("public-access", "anyone"),
  ])
    expect(oncePerMachine(event, folder)).toBe(event);
});
