import { describe, expect, it } from "vitest";
import { licenceFindings } from "../../bin/release/bundled.js";
import { versionFindings } from "../../bin/release/changelog.js";
import { contentFindings } from "../../bin/release/contents.js";

const packed = (...paths: string[]) => ({
  files: paths.map((path) => ({ path })),
  size: 800_000,
  unpackedSize: 3_000_000,
});

describe("the files of a package", () => {
  const expected = ["LICENSE", "dist/web/chunk-*.js", "dist/web/chunk-*.js"];
  it("are those of the list, whatever their hashes", () => {
    const files = packed("dist/web/chunk-B5J6P4CU.js", "LICENSE", "dist/web/chunk-CMMYNW7L.js");
    expect(contentFindings(files, expected)).toEqual([]);
  });

  it("are named where one is missing or new", () => {
    expect(
      contentFindings(packed("LICENSE", "dist/web/chunk-B5J6P4CU.js", "src/index.ts"), expected),
    ).toEqual([
      "the package lacks dist/web/chunk-*.js",
      "the package has src/index.ts, which bin/release/contents.js does not list",
    ]);
  });

  it("are not too many, nor too large", () => {
    const many = Array.from({ length: 26 }, (_, at) => `file${at}`);
    const files = { ...packed(...many), size: 900_001, unpackedSize: 4_000_001 };
    expect(contentFindings(files, many)).toEqual([
      "the package has 26 files: at most 25",
      "the package has 900001 bytes packed: at most 900000",
      "the package has 4000001 bytes unpacked: at most 4000000",
    ]);
  });
});

describe("a version", () => {
  it.each([
    ["## [0.2.0] - 2026-12-01\n\n## [0.1.0]\n", []],
    ["# Changelog\n\n## [0.1.0] - 2026-12-01\n", ["CHANGELOG.md begins with 0.1.0, package.json has 0.2.0"]],
    ["## [0.2.0] - Unreleased\n", ["CHANGELOG.md has no date for 0.2.0"]],
    ["## [0.2.0]\n", ["CHANGELOG.md has no date for 0.2.0"]],
  ])("is that of the changelog's newest section: %j", (changelog, findings) => {
    expect(versionFindings(changelog, "0.2.0", "0.2.0")).toEqual(findings);
  });

  it("is that of the lock", () => {
    expect(versionFindings("## [0.2.0] - 2026-12-01", "0.2.0", "0.1.0")).toEqual([
      "package-lock.json has 0.1.0, package.json has 0.2.0",
    ]);
  });
});

describe("licences of what is bundled", () => {
  const line = "=".repeat(72);
  const licences = `${line}\na 1.0.0 (MIT)\n\nCopyright …\n\n${line}\nb 1.0.0 (MIT)\n\nLicensed under MIT.\n\n${line}\nc 1.0.0 (GPL-3.0)\n\nGNU\n`;

  it.each([
    ["a 1.0.0 (MIT)", []],
    ["a 1.0.1 (MIT)", ["dist/web/licenses.txt lacks a 1.0.1 (MIT)"]],
    ["b 1.0.0 (MIT)", ["b 1.0.0 (MIT) brings no text of its licence"]],
    ["c 1.0.0 (GPL-3.0)", ["c 1.0.0 (GPL-3.0) has a licence that nobody has looked at"]],
  ])("of %s", (title, findings) => expect(licenceFindings(licences, [title])).toEqual(findings));
});
