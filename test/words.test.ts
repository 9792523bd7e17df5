import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** What a reader stumbles over, an example of it, and the usual way to say it. */
const words: readonly (readonly [pattern: RegExp, example: string, usual: string])[] = [
  [/[«»]/, "ffmpeg says «no»", '"…"'],
  [/\banew\b/, "begin anew with an input", "again, restart"],
  [/\b(is|are|be) told\b/, "a viewer is told to try again", "gets, reports"],
  [/\b(by itself|by themselves|of itself)\b/, "it goes on by itself", "automatically"],
  [/\b(goes|go|went|going) on\b(?! the air)/, "the stream goes on", "continues"],
  [/\bis not there\b/, "cam0 is not there", "is not connected, does not exist"],
  [/\bmend(s|ed)?\b/i, "mend it, or delete it", "fix"],
  [/\bleave (it|this|them|-\S+) out\b|\bleave out\b/, "leave --copy out", "remove"],
  [/(?<!there )\bis (none\b|no (?!longer\b))/i, "b is no number", "is not a"],
  [/\bfor ever\b/, "it waits for ever", "forever"],
  [/\bwhat (it|comes|is) (is|behind|there)\b/, "list what is there", "name the thing"],
  [
    /\b(who|whoever) (comes|watches|asks|waits|reads) (when|it|for|is|has)\b/,
    "who comes when it is full",
    "viewers, clients",
  ],
  [/\b(to begin with|begins? with a)\b/, "no video to begin with", "first, starts with"],
  [/\b(every|some)body\b/, "pinned for everybody", "all users, anyone"],
  [/\bas asked for\b|\bwas asked for\b/, "libx264, as asked for", "as requested"],
  [/\bpictures (a|per) second\b/, "30 pictures a second", "frames per second"],
  [/\bthe sound (goes|has|ends|comes)\b/i, "The sound has 4 channels", "audio"],
  [/\b(is|are) in hand\b|\bhas it in hand\b/, "an automatic control has it in hand", "overrides"],
  [/\bfor so long\b/, "sends nothing for so long", "for this long"],
  [/\bset apart\b/, "set apart by commas", "separated"],
  [/\bnor is\b|\bnor are\b/, "nor is the device there", "two sentences"],
];

/** Comments and regular expressions, which are passed over, and the three kinds of literals. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[=(,:!&|?[]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** The texts of more than a word in a source file. */
function textsOf(source: string): readonly string[] {
  const texts = [...source.matchAll(TOKEN)].map(([text]) => text);
  return texts.filter((text) => /^["'`]/.test(text) && /\w \w/.test(text));
}

/** Prose, without what stands in code blocks, in code, or in links. */
function proseOf(markdown: string): readonly string[] {
  const prose = markdown
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, "CODE")
    .replace(/\]\([^)]*\)/g, "]");
  return prose.split("\n");
}

function filesIn(folder: string, ending: RegExp): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => ending.test(name)).map((name) => join(folder, name));
}

/** Texts in the code are held to it, comments are not; and the documentation as a whole. */
const sources = [...filesIn("src", /\.ts$/), ...filesIn("bin", /\.js$/)];
const docs = ["README.md", "CHANGELOG.md", "src/web/page.html", ...filesIn("docs", /\.md$/)];

const oddIn = (texts: readonly string[]) =>
  texts.flatMap((text) =>
    words.filter(([pattern]) => pattern.test(text)).map(([, , usual]) => `${text.trim()} (usual: ${usual})`),
  );

describe("what users read is usual English", () => {
  test.each(sources)("in %s", (path) => expect(oddIn(textsOf(readFileSync(path, "utf8")))).toEqual([]));

  test.each(docs)("in %s", (path) => expect(oddIn(proseOf(readFileSync(path, "utf8")))).toEqual([]));
});

describe("the list", () => {
  test.each(words)("%s finds: %s", (pattern, example) => expect(example).toMatch(pattern));

  test("passes over comments, patterns, code and what is usual", () => {
    const source = [
      "// it is told anew",
      "/* told «no» */",
      'const pattern = /it goes on "by itself"/;',
      'const text = "there is no such file, and it is no longer used";',
    ].join("\n");
    expect(oddIn(textsOf(source))).toEqual([]);
    expect(oddIn(proseOf("`it is told`\n```\nanew\n```\n[usual](anew.md)"))).toEqual([]);
    expect(oddIn(textsOf("throw new Error(`${name} is no number`)"))).toHaveLength(1);
  });
});
