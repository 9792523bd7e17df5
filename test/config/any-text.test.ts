import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventKeys, serverKeys, streamKeys } from "../../src/config/keys.ts";
import { UserError } from "../../src/errors.ts";
import { HOUSE, HOUSE_SCENE, parse } from "./parsed.ts";

/** Reads a text that may be anything: a configuration, or a user's mistake. What is said of it. */
function judged(text: string): string {
  try {
    parse(text, HOUSE_SCENE);
    return "right";
  } catch (error) {
    if (error instanceof UserError && error.reason === "usage") return error.message;
    throw error;
  }
}

const isJudged = (text: string) => /^(right$|flvcast\.yml)/.test(judged(text));

const sections = ["name", "defaults", "streams", "events", "on-demand", "<<", "__proto__"];
const keys = [...new Set([...serverKeys.keys(), ...streamKeys.keys(), ...eventKeys.keys(), ...sections])];
const words = [
  "test",
  "cam0",
  "-",
  "none",
  "all",
  "${YARD_USER}",
  "${",
  "1280x720",
  "0",
  "1e999",
  "true",
  "~",
  "rtsp://a:b@c/",
];
const scalar = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, scalar, tie("list"), tie("map")),
  list: fc.array(tie("tree"), { maxLength: 4 }),
  map: fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 5 })), tie("tree"), {
    maxKeys: 8,
  }),
}));

describe("no text is a surprise", () => {
  test("any characters", () => {
    expect(() =>
      fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), isJudged), { numRuns: 300 }),
    ).not.toThrow();
  });

  test("characters that mean something in YAML", () => {
    const unit = fc.constantFrom(...Array.from("{}[]:,-?&*!|>'\"%@`#$~ \n\t<=a1."));
    expect(() =>
      fc.assert(fc.property(fc.string({ unit, maxLength: 120 }), isJudged), { numRuns: 200 }),
    ).not.toThrow();
  });

  test("any values under any keys, as JSON", () => {
    const judgedTree = fc.property(tree, (value) => isJudged(JSON.stringify(value) ?? ""));
    expect(() => fc.assert(judgedTree, { numRuns: 200 })).not.toThrow();
  });

  test("a file with a piece left out, doubled or replaced", () => {
    const place = fc.nat({ max: HOUSE.length });
    const piece = fc.oneof(fc.constantFrom(...words, ...keys), fc.string({ maxLength: 8 }));
    const edited = fc.property(place, fc.nat({ max: 30 }), fc.option(piece), (at, length, put) => {
      const cut = HOUSE.slice(at, at + length);
      return isJudged(`${HOUSE.slice(0, at)}${put ?? cut + cut}${HOUSE.slice(at + length)}`);
    });
    expect(() => fc.assert(edited, { numRuns: 200 })).not.toThrow();
  });
});

/** As large as a file may be. */
const LENGTH = 1024 * 1024;
const filled = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);

describe("the largest files are judged as well", () => {
  test.each([
    ["lists in lists", filled("[")],
    ["maps in maps", filled("{a: ")],
    ["lists in lines", filled("- ")],
    ["maps in lines", Array.from({ length: 1400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["unknown keys", Array.from({ length: 60_000 }, (_, index) => `chanels${index}: 1`).join("\n")],
    ["streams", `streams:\n${Array.from({ length: 60_000 }, (_, index) => `  s${index}: test`).join("\n")}`],
    [
      "faults of streams",
      `streams:\n${Array.from({ length: 30_000 }, (_, index) => `  s${index}: { sise: 1 }`).join("\n")}`,
    ],
    [
      "aliases of aliases",
      `a: &a [x]\n${Array.from({ length: 20_000 }, (_, index) => `a${index}: &a${index} [*a, *a]`).join("\n")}`,
    ],
    ["a list of hosts", `public-host: [${filled("a,")}]`],
    ["references", `token: "${filled("${")}"`],
    ["references that are closed", `token: "${filled("${A:b}")}"`],
    ["quotes", filled('"')],
    ["one line", filled("a: b: c ")],
    ["one word", filled("a")],
    ["comments", filled("# a\n")],
    ["anchors", filled("&a ")],
    ["tags", filled("!a ")],
    ["block text", `streams: |\n${filled("  text\n")}`],
  ])("%s", (_, text) => {
    expect(judged(text)).toMatch(/^flvcast\.yml/);
  });
});
