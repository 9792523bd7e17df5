import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { cacheKeyOf, EncoderCache } from "../../src/encoders/cache.ts";
import { candidatesOf } from "../../src/encoders/candidates.ts";
import {
  chooseEncoder,
  type EncoderProbeOptions,
  firstThatWorks,
  inTurns,
  probeEncoders,
} from "../../src/encoders/choose.ts";
import type { Verdict } from "../../src/encoders/verdict.ts";
import type { Encoder } from "../../src/ffmpeg/encoder.ts";
import { encoders, encodersOf, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { type FakeParts, fakeMachine } from "./fake-machine.ts";

let cacheFolder: string;
beforeEach(() => (cacheFolder = mkdtempSync(join(tmpdir(), "flvcast-choose-"))));
afterEach(() => rmSync(cacheFolder, { recursive: true, force: true }));

const works = { works: true, profile: "main", codec: "avc1.4d401f" } as const satisfies Verdict;
const fails = (reason: string): Verdict => ({ works: false, reason, fix: "mend it", isAbsent: false });
const absent: Verdict = { works: false, reason: "no such thing", fix: "buy one", isAbsent: true };

/** A machine on which everything was found out before: no ffmpeg runs, for there is none. */
async function knowing(parts: FakeParts, verdicts: Readonly<Record<string, Verdict>>) {
  const options: EncoderProbeOptions = {
    ffmpeg: { path: "/nowhere/ffmpeg", version: "7.1", majorVersion: 7 },
    size: { width: 1280, height: 720 },
    fps: 30,
    machine: fakeMachine(parts),
    cache: new EncoderCache(cacheFolder),
  };
  const known = new Map();
  for (const candidate of await candidatesOf(options.machine, encoders)) {
    const { encoder, node } = candidate;
    const verdict = verdicts[node === null ? encoder.name : `${encoder.name} ${node}`] ?? absent;
    const result = { encoder: encoder.name, node, verdict, durationMs: 1, atMs: Date.now() };
    known.set(await cacheKeyOf(candidate, options, options.machine), result);
  }
  await new EncoderCache(cacheFolder).remember(known);
  return options;
}

function named(name: string): Encoder {
  const encoder = encoders.find((one) => one.name === name);
  if (encoder === undefined) throw new Error(`no encoder ${name}`);
  return encoder;
}

const any = { encoder: "auto", codec: null } as const;
const asked = (name: string) => ({ encoder: named(name), codec: named(name).codec });

const twoGpus = { nodes: { "/dev/dri/renderD128": true, "/dev/dri/renderD129": true } };

describe("auto", () => {
  it("takes the first of the table that works, on the node where it does", async () => {
    const options = await knowing(twoGpus, {
      "h264_vaapi /dev/dri/renderD128": fails("no driver"),
      "h264_vaapi /dev/dri/renderD129": works,
      "h264_qsv /dev/dri/renderD128": works,
    });
    const { chosen, reason, isFallback } = await chooseEncoder(any, options);
    expect(chosen).toMatchObject({
      encoder: { name: "h264_vaapi" },
      node: "/dev/dri/renderD129",
      profile: "main",
    });
    expect({ reason, isFallback }).toEqual({
      reason: "h264_vaapi on /dev/dri/renderD129, the first that works",
      isFallback: false,
    });
  });

  it("takes x264 where none works, and says why each of them does not, once and not too much", async () => {
    const options = await knowing(twoGpus, {
      "h264_vaapi /dev/dri/renderD128": fails("no driver"),
      "h264_vaapi /dev/dri/renderD129": fails("no driver"),
      "h264_qsv /dev/dri/renderD128": fails("no runtime"),
      h264_amf: fails("no third reason is told"),
    });
    expect(await chooseEncoder(any, options)).toEqual({
      chosen: softwareEncoder,
      reason:
        "no hardware encoder works (h264_vaapi on /dev/dri/renderD128: no driver; " +
        "h264_qsv on /dev/dri/renderD128: no runtime), using libx264 (see flvcast encoders)",
      isFallback: true,
      isAuto: true,
    });
  });

  it.each([
    ["the same on another node", "h264_vaapi", "/dev/dri/renderD128", "/dev/dri/renderD129"],
    ["it where another encoder failed on its node", "h264_qsv", "/dev/dri/renderD128", "/dev/dri/renderD128"],
    ["it where it failed on another node", "h264_vaapi", "/dev/dri/renderD129", "/dev/dri/renderD128"],
  ])("leaves out one that failed in use, and takes %s", async (_, name, node, nextNode) => {
    const options = await knowing(twoGpus, {
      "h264_vaapi /dev/dri/renderD128": works,
      "h264_vaapi /dev/dri/renderD129": works,
    });
    const failed = { encoder: named(name), node, profile: "main", forcesKeyFrames: true } as const;
    const { chosen } = await chooseEncoder(any, { ...options, except: [failed] });
    expect([chosen.encoder.name, chosen.node]).toEqual(["h264_vaapi", nextNode]);
  });

  it("leaves out all that failed in use", async () => {
    const options = await knowing(twoGpus, {
      "h264_vaapi /dev/dri/renderD128": works,
      "h264_vaapi /dev/dri/renderD129": works,
    });
    const failed = ["/dev/dri/renderD128", "/dev/dri/renderD129"].map(
      (node) => ({ encoder: named("h264_vaapi"), node, profile: "main", forcesKeyFrames: true }) as const,
    );
    expect((await chooseEncoder(any, { ...options, except: failed })).chosen).toBe(softwareEncoder);
  });

  it("tries the encoders of its codec alone", async () => {
    const options = { ...(await knowing({}, {})), cache: new EncoderCache(join(cacheFolder, "empty")) };
    const tried = async () => {
      const results = [...(await options.cache.recall(Date.now())).values()];
      return results.map(({ encoder }) => encoder).toSorted();
    };
    await chooseEncoder(any, options);
    expect(await tried()).toEqual(["h264_amf", "h264_nvenc"]); // of the others, no node is there
    await chooseEncoder({ encoder: "auto", codec: "av1" }, options).catch(() => undefined);
    expect(await tried()).toEqual(
      ["h264_amf", "h264_nvenc", "av1_amf", "av1_nvenc", "libsvtav1", "libaom-av1"].toSorted(),
    );
  });

  it("puts no blame on hardware that is not there", async () => {
    const { reason } = await chooseEncoder(any, await knowing({}, {}));
    expect(reason).toBe("no hardware encoder found, using libx264 (see flvcast encoders)");
  });

  it("tells of a node that may not be opened", async () => {
    const options = await knowing({ nodes: { "/dev/dri/renderD128": false } }, {});
    const { reason } = await chooseEncoder(any, options);
    expect(reason).toContain("(h264_vaapi: no permission on /dev/dri/renderD128: it is for group render)");
  });
});

describe("a codec asked for", () => {
  const h265 = { encoder: "auto", codec: "hevc" } as const;
  const av1 = { encoder: "auto", codec: "av1" } as const;

  it("gets its own hardware first, whatever works for others", async () => {
    const verdicts = {
      "h264_vaapi /dev/dri/renderD128": works,
      "hevc_vaapi /dev/dri/renderD129": works,
      libx265: works,
    };
    expect(await chooseEncoder(h265, await knowing(twoGpus, verdicts))).toMatchObject({
      chosen: { encoder: { name: "hevc_vaapi" }, node: "/dev/dri/renderD129" },
      isFallback: false,
    });
  });

  it("gets the CPU's where no hardware works, and it is said that it may be too slow", async () => {
    const options = await knowing(twoGpus, {
      libx265: works,
      "hevc_vaapi /dev/dri/renderD128": fails("no HEVC"),
    });
    expect(await chooseEncoder(h265, options)).toMatchObject({
      chosen: { encoder: { name: "libx265" } },
      reason:
        "no hardware encoder works (hevc_vaapi on /dev/dri/renderD128: no HEVC), using libx265 (see flvcast encoders)",
      isFallback: true,
      warning:
        "libx265 may be too slow for 1280x720 on two cores; use --size 640x480, a hardware encoder or --video-codec h264",
    });
  });

  it("gets SVT-AV1, and libaom where there is none", async () => {
    const svt = await chooseEncoder(av1, await knowing({}, { libsvtav1: works, "libaom-av1": works }));
    expect(svt.chosen.encoder.name).toBe("libsvtav1");
    const aom = await chooseEncoder(av1, await knowing({}, { "libaom-av1": works }));
    expect(aom.chosen.encoder.name).toBe("libaom-av1");
  });

  it.each([
    ["1.4.1", "SVT-AV1 1.4.1 delays video by 2 to 3 frames; use an ffmpeg with SVT-AV1 2 or later"],
    ["2.3.0", undefined],
    ["10.0.0", undefined],
  ])("of SVT-AV1 %s it is said: %s", async (libraryVersion, said) => {
    const { warning } = await chooseEncoder(
      av1,
      await knowing({}, { libsvtav1: { ...works, libraryVersion } }),
    );
    expect(warning?.slice(0, said?.length)).toBe(said);
  });

  it("is refused where nothing encodes it", async () => {
    await expect(chooseEncoder(av1, await knowing({}, {}))).rejects.toMatchObject({
      reason: "noEncoder",
      message: expect.stringMatching(
        /^no AV1 encoder works here \(libsvtav1: .*\): use an ffmpeg with libsvtav1 or libaom-av1 \(--ffmpeg PATH\), or --video-codec h264$/,
      ) as string,
    });
  });
});

describe("an encoder asked for by name", () => {
  it("is taken where it was found to work", async () => {
    const options = await knowing({ platform: "darwin" }, { h264_videotoolbox: works });
    const { chosen, ...choice } = await chooseEncoder(asked("h264_videotoolbox"), options);
    expect(chosen.encoder.name).toBe("h264_videotoolbox");
    expect(choice).toEqual({
      reason: "h264_videotoolbox, as requested",
      isFallback: false,
      isAuto: false,
    });
  });

  it("is tried again where it was found not to: somebody may just have mended it", async () => {
    const options = await knowing({ platform: "darwin" }, { h264_videotoolbox: fails("a bygone reason") });
    await expect(chooseEncoder(asked("h264_videotoolbox"), options)).rejects.toMatchObject({
      reason: "noEncoder",
      message: expect.not.stringContaining("bygone"),
    });
  });

  it("is remembered by what was found out anew, before the answer", async () => {
    const options = await knowing({ platform: "darwin" }, { h264_videotoolbox: fails("a bygone reason") });
    await expect(chooseEncoder(asked("h264_videotoolbox"), options)).rejects.toThrow(/does not work/);
    const known = [...(await new EncoderCache(cacheFolder).recall(Date.now())).values()];
    const { verdict } = known.find(({ encoder }) => encoder === "h264_videotoolbox") ?? {};
    expect(verdict).toMatchObject({ works: false, reason: expect.not.stringContaining("bygone") as string });
  });

  it("is written down no more where nothing was found out", async () => {
    const options = await knowing({ platform: "darwin" }, { h264_videotoolbox: works });
    const remember = vi.spyOn(options.cache, "remember");
    await chooseEncoder(asked("h264_videotoolbox"), options);
    expect(remember).not.toHaveBeenCalled();
  });

  it("needs no proof where it is the CPU's", async () => {
    const { chosen } = await chooseEncoder(
      asked("libx264"),
      await knowing({}, { libx264: fails("never asked") }),
    );
    expect(chosen).toBe(softwareEncoder);
  });

  it.each([
    ["h264_videotoolbox", "--encoder h264_videotoolbox does not exist on linux: use auto or another"],
    [
      "h264_vaapi",
      "--encoder h264_vaapi does not work here: no permission on /dev/dri/renderD128: it is for group render; " +
        "sudo usermod -aG render kim, then log in again",
    ],
  ])("is refused in words: %s", async (name, message) => {
    const options = await knowing({ nodes: { "/dev/dri/renderD128": false } }, {});
    await expect(chooseEncoder(asked(name), options)).rejects.toMatchObject({
      reason: "noEncoder",
      message: expect.stringContaining(message),
    });
  });
});

it("all of them are told in the table's order, each node by itself", async () => {
  const results = await probeEncoders(encodersOf.h264, await knowing(twoGpus, {}), { fresh: false });
  expect(results.map(({ encoder, node }) => (node === null ? encoder : `${encoder} ${node}`))).toEqual([
    "h264_nvenc",
    "h264_vaapi /dev/dri/renderD128",
    "h264_vaapi /dev/dri/renderD129",
    "h264_qsv /dev/dri/renderD128",
    "h264_qsv /dev/dri/renderD129",
    "h264_v4l2m2m",
    "h264_amf",
    "h264_rkmpp",
    "libx264",
  ]);
});

it("all of them are tried again where that is asked for, and else remembered", async () => {
  const options = await knowing({ platform: "darwin" }, { h264_videotoolbox: works, libx264: works });
  const worksNow = async (fresh: boolean) =>
    (await probeEncoders(encodersOf.h264, options, { fresh })).map(({ verdict }) => verdict.works);
  expect(await worksNow(false)).toEqual([true, true]);
  expect(await worksNow(true)).toEqual([false, false]); // there is no ffmpeg
});

const result = (encoder: string, verdict: Verdict) => ({
  encoder,
  node: null,
  verdict,
  durationMs: 1,
  atMs: 1,
});

it("of what an earlier version tried, an encoder that this one does not know is passed over", () => {
  const results = [result("h264_bygone", works), result("h264_nvenc", absent), result("h264_amf", works)];
  expect(firstThatWorks(results, "h264")).toMatchObject({ encoder: { name: "h264_amf" }, profile: "main" });
  expect(firstThatWorks(results.slice(0, 2), "h264")).toBeNull();
});

test.each([
  [1, 1],
  [2, 2],
  [9, 5],
])(
  "of five, %i at once means that %i are at work, and the answers keep their order",
  async (atOnce, most) => {
    let working = 0;
    let mostWorking = 0;
    const answers = await inTurns([50, 10, 40, 20, 30], atOnce, async (item) => {
      mostWorking = Math.max(mostWorking, ++working);
      for (let turns = 0; turns < item; turns++) await Promise.resolve();
      working--;
      return item * 2;
    });
    expect(answers).toEqual([100, 20, 80, 40, 60]);
    expect(mostWorking).toBe(most);
  },
);

test("a failure is the whole's", async () => {
  const failing = inTurns([1, 2], 1, async (item) => {
    if (item === 2) throw new Error("two");
  });
  await expect(failing).rejects.toThrow("two");
  expect(await inTurns([], 2, async () => 1)).toEqual([]);
});
