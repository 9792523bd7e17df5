import { expect, it } from "vitest";
import { called, calledTogether, plain } from "../../src/devices/called.ts";

const device = (n: number) => ({ alias: `cam${n}`, name: "HD", node: `/dev/video${n}` });
const A = "a".repeat(400);

it("a device is named by its alias, its name and its node, each as long as a line can bear", () => {
  expect(called(device(0))).toBe('cam0 "HD" (/dev/video0)');
  expect(called({ alias: "cam0", name: A, node: A })).toBe(`cam0 "${A.slice(0, 60)}…" (${A.slice(0, 300)}…)`);
});

it.each([
  ["what would move a terminal's cursor", "a\u001b[2J\nb", "a?[2J?b"],
  ["as much as fits", "a".repeat(300), "a".repeat(300)],
  ["no more than fits", "a".repeat(301), `${"a".repeat(300)}…`],
])("text from a device is shown without what a terminal obeys, and cut: %s", (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});

it("of many devices the first five are named", () => {
  const all = [0, 1, 2, 3, 4, 5, 6].map(device);
  const five = all.slice(0, 5).map(called).join(", ");
  expect(calledTogether(all.slice(0, 5))).toBe(five);
  expect(calledTogether(all.slice(0, 6))).toBe(`${five} and 1 more`);
  expect(calledTogether(all)).toBe(`${five} and 2 more`);
});
