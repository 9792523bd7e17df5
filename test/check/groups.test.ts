import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import { Groups } from "../../src/check/groups.ts";
import { idsIn, tagAt } from "./tag.ts";

type Pictures = readonly (readonly [timestampMs: number, kind: "key" | "inter"])[];

function judged(pictures: Pictures): { ids: FaultId[]; longestMs: number | null } {
  const faults = new Faults();
  const groups = new Groups(faults);
  for (const [timestampMs, kind] of pictures) groups.push(tagAt(timestampMs), kind === "key");
  groups.end();
  return { ids: idsIn(faults), longestMs: groups.longestMs };
}

describe("the distance of two key frames", () => {
  test.each<[number, FaultId[]]>([
    [5000, []],
    [5001, ["group-longish"]],
    [20_000, ["group-longish"]],
    [20_001, ["group-long"]],
  ])("of %d ms is %j, also where the stream ends before the second", (distanceMs, ids) => {
    const group: Pictures = [
      [0, "key"],
      [4000, "inter"],
    ];
    expect(judged([...group, [distanceMs, "key"]])).toEqual({ ids, longestMs: distanceMs });
    expect(judged([...group, [distanceMs, "inter"]])).toEqual({ ids, longestMs: null });
  });

  test.each<[number, FaultId[], number | null]>([
    [20_000, ["group-longish"], 20_000],
    [20_001, [], null],
    [-20_001, [], null],
  ])("over which time steps by %d ms at once is %j", (stepMs, ids, longestMs) => {
    const startMs = 50_000;
    const pictures: Pictures = [
      [startMs, "key"],
      [startMs + stepMs, "key"],
    ];
    expect(judged(pictures)).toEqual({ ids, longestMs });
  });

  test("is told of the longest", () => {
    const pictures = [0, 1000, 4000, 5000].map((timestampMs) => [timestampMs, "key"] as const);
    expect(judged(pictures)).toEqual({ ids: [], longestMs: 3000 });
  });
});

describe("a stream that begins", () => {
  test.each<[string, Pictures, FaultId[]]>([
    ["with nothing is no fault", [], []],
    ["with its only key frame is none", [[0, "key"]], []],
    [
      "with an inter frame is told so",
      [
        [0, "inter"],
        [40, "key"],
      ],
      ["starts-without-key-frame"],
    ],
    [
      "with an inter frame that none but inter frames follow has no key frame",
      [
        [0, "inter"],
        [40, "inter"],
      ],
      ["no-key-frame"],
    ],
    [
      "with an inter frame has a key frame, also where time jumps behind its only one",
      [
        [0, "inter"],
        [40, "key"],
        [90_000, "inter"],
      ],
      ["starts-without-key-frame"],
    ],
    [
      "with a key frame, after which time jumps, has one",
      [
        [0, "key"],
        [90_000, "inter"],
      ],
      [],
    ],
  ])("%s", (_, pictures, ids) => {
    expect(judged(pictures).ids).toEqual(ids);
  });
});
