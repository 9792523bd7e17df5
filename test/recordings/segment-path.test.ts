import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keptPath,
  pathProblem,
  segmentId,
  segmentPath,
  segmentPattern,
} from "../../src/recordings/segment-path.ts";

const DEFAULT = "%name/%Y-%m-%d/%H-%M-%S";
const at = Date.UTC(2026, 10, 29, 4, 5, 7, 890);

const two = (value: number) => String(value).padStart(2, "0");

describe("a segment's path", () => {
  it.each([
    [DEFAULT, "cam/2026-11-29/04-05-07"],
    ["%F/%name_%H%M", "2026-11-29/cam_0405"],
    ["%y%j %% %name", "26333 % cam"],
  ])("%s is %s", (path, expected) => {
    expect(segmentPath(path, "cam", at, "utc")).toBe(expected);
  });

  it("is of the local time zone where that is wanted", () => {
    const local = new Date(at);
    const expected = `${two(local.getDate())}-${two(local.getHours())}-${two(local.getMinutes())}`;
    expect(segmentPath("%d-%H-%M", "cam", at, "local")).toBe(expected);
  });

  it.each([
    ["%name/%x", '"%x" is not supported (%name, %Y, %m, %d, %H, %M, %S, %y, %j, %F, %%)'],
    ["%name/%", '"%" is not supported (%name, %Y, %m, %d, %H, %M, %S, %y, %j, %F, %%)'],
    ["../%name", 'it must be relative, without "." and ".."'],
    ["/%name/%F", 'it must be relative, without "." and ".."'],
    ["%name//%F", 'it must be relative, without "." and ".."'],
    ["%name/kept/%F", '"kept" is where protected recordings are kept'],
    ["%name/%F.flv", "leave off the suffix: .flv is added"],
    ["a\\%F", "it contains a character that names cannot have"],
  ])("%s is refused", (path, problem) => {
    expect(pathProblem(path)).toBe(problem);
  });

  it("is found again by its pattern, with its number, and no other stream's is", () => {
    const paths = fc.constantFrom(
      DEFAULT,
      "%F/%name_%H%M",
      "%name",
      "all/%name-%Y/%j/x.%H",
      "%Y/%name/%m+%d",
    );
    const names = fc.constantFrom("cam", "cam-2", "c.m", "a_b");
    fc.assert(
      fc.property(
        paths,
        names,
        fc.integer({ min: 0, max: 4e12 }),
        fc.nat({ max: 20 }),
        (path, name, ms, count) => {
          const { under, source, depth } = segmentPattern(path, name);
          const file = segmentPath(path, name, ms, "utc") + (count > 1 ? `-${count}` : "");
          expect(file.startsWith(under === "" ? "" : `${under}/`)).toBe(true);
          const rest = file.slice(under === "" ? 0 : under.length + 1);
          const match = new RegExp(source, "u").exec(rest);
          expect(match?.[1] ?? "1").toBe(String(Math.max(1, count)));
          expect(rest.split("/").length - 1).toBe(depth);
        },
      ),
    );
    expect(new RegExp(segmentPattern("%F_%name", "c.m").source, "u").test("2026-11-29_cam")).toBe(false);
  });

  it.each([
    [DEFAULT, "cam/2026-11-29/04-05-07", "cam/kept/2026-11-29/04-05-07"],
    ["%F/%name", "2026-11-29/cam", "kept/2026-11-29/cam"],
  ])("of %s is another one when it is kept", (path, segment, kept) => {
    expect(keptPath(path, "cam", segment)).toBe(kept);
  });

  it("has nothing in common with its id", () => {
    expect([segmentId(at, 1), segmentId(at, 3)]).toEqual(["20261129T040507Z", "20261129T040507Z-3"]);
  });
});
