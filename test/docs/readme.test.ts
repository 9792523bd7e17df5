import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");
const documents = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

test("the README is read in one sitting: no more than 250 lines", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(250);
});

test("the README has the two commands that set everything up, and package.json has them", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
  for (const name of ["start", "test"]) {
    expect(readme).toMatch(new RegExp(`^npm ${name}( |$)`, "m"));
    expect(scripts).toHaveProperty(name);
    expect(scripts).toHaveProperty(`pre${name}`);
  }
});

/** What the README says, and what it is in the measurements. */
const figures = [
  ["in 8 ms, encoding included", "8.0 / 11.1 ms"],
  ["19 to 214 ms", "214 / 226 ms"],
  ["19 to 214 ms", "19 / 30 ms"],
  ["after 17 ms", "17 / 30 ms"],
  ["after 0.13 s", "129 / 146 ms"],
  ["0.3 s from the command", "in a slower hour, in which node alone took 73 ms, it was 290 ms"],
  ["costs a browser 5 ms", "1 to 5 ms"],
  ["4,000 at 2.5 Mbit/s", "| 4,000   |"],
  ["half a core and 150 MiB", "48 %"],
  ["half a core and 150 MiB", "150 MiB"],
  ["Within 5 ms", "−4.5 ms"],
  ["is 200 ppm off", "−3.0 ms in the last"],
] as const;

test.each(figures)("the README's figure %j is measured in docs/performance.md: %j", (told, measured) => {
  expect(readme).toContain(told);
  expect(readFileSync("docs/performance.md", "utf8")).toContain(measured);
});

test("the README's picture is small", () => {
  const [, path = ""] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
  expect(statSync(path).size).toBeLessThan(150_000);
});

describe.each(documents)("in %s", (document) => {
  const text = readFileSync(document, "utf8").replace(/^```.*?^```/gms, "");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];

  test("every link leads somewhere", () => {
    const broken = links.filter(([, path = "", anchor]) => {
      const target = path === "" ? document : normalize(join(dirname(document), path));
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchors(target).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** The anchors that GitHub makes of a document's headings. */
function anchors(path: string): ReadonlySet<string> {
  const headings = readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}
