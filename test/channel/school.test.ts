import { expect, it } from "vitest";
import { testSource } from "../../src/devices/test-source.ts";
import { encoders } from "../../src/ffmpeg/encoder-table.ts";
import { UserError } from "../../src/errors.ts";
import { noLessons } from "../../src/channel/plan.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { School } from "../../src/channel/school.ts";
import type { EndedRun } from "../../src/channel/supervisor/input.ts";
import { cacheFolder } from "../cache-folder.ts";

const [vaapi] = encoders.filter(({ hardware }) => hardware.kind !== "none");
if (vaapi === undefined) throw new Error("no hardware encoder in the table");
const choice = {
  chosen: { encoder: vaapi, node: "/dev/dri/renderD128", profile: "high" },
  ...{ why: "", isFallback: false, isAuto: true },
} as const;

const run: EndedRun = {
  plan: {
    source: testSource({ wanted: { video: true, audio: false }, size: null, fps: null }),
    args: [],
    video: { pipe: 1, encoder: vaapi.name, bitrateKbps: null, fps: 30 },
    ...{ audio: null, baseS: 0 },
  },
  failure: new UserError("failure", "cam0: it ended"),
  ...{ isStall: false, isAsked: false, sentFrames: true, ranMs: 5000 },
};

const begin = () => new School(noLessons, thisMachine({ XDG_CACHE_HOME: cacheFolder }), () => undefined);

it("an encoder that failed twice is left out", () => {
  const school = begin();
  expect(school.learn(run, choice)).toBe(noLessons);
  expect(school.learn(run, choice).brokenEncoders).toEqual([choice.chosen]);
});

it("an encoder is not to blame where somebody wanted the input to begin anew", () => {
  const school = begin();
  for (let restart = 0; restart < 10; restart++) {
    expect(school.learn({ ...run, isAsked: true }, choice)).toBe(noLessons);
  }
});
