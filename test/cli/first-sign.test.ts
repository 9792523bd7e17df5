import { expect, test } from "vitest";
import { eraseFirstSign, showFirstSign } from "../../src/cli/first-sign.ts";
import { FakeIo } from "./fake-io.ts";

/** What a start shows at once on a terminal of 80 columns, and what is left of it. */
function shown(argv: readonly string[], env: Record<string, string> = {}, columns = 80): readonly string[] {
  const io = new FakeIo({ isTerminal: true });
  Object.assign(io.stderr, { columns });
  showFirstSign(argv, env, io.asIo);
  const { text } = io.stderr;
  eraseFirstSign(io.asIo);
  eraseFirstSign(io.asIo);
  return [text, io.stderr.text.slice(text.length)];
}

test("a start shows at once that it has begun, and takes that away once", () => {
  expect(shown(["test"])).toEqual(["\u001b[36m⠋\u001b[39m Starting", "\r\u001b[K"]);
  expect(shown(["test"], { TERM: "linux" })).toEqual(["  Starting", "\r\u001b[K"]);
  expect(shown(["test", "-D"])[0]).not.toBe("");
});

test.each<[argv: readonly string[], env?: Record<string, string>, columns?: number]>([
  [["--help"]],
  [["test", "-q"]],
  [["test", "--json"]],
  [["test", "--log-format=json"]],
  [["test"], { FLVCAST_QUIET: "1" }],
  [["test"], { NO_COLOR: "1" }],
  [["test"], {}, 0],
])("not with %j and %j", (argv, env = {}, columns = 80) => {
  expect(shown(argv, env, columns)).toEqual(["", ""]);
});
