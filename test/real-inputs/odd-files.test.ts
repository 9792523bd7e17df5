import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints, decodedHashes, probeStreams } from "../e2e/judges.ts";
import { type Program, start, stopAll } from "../e2e/program.ts";
import { Viewer } from "../e2e/viewer.ts";
import { makeOddFile, type OddFileName } from "./odd-files.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** What a viewer is to get of a file, from its beginning to its end. */
interface Film {
  readonly seconds: number;
  readonly size: string;
  readonly hasSound: boolean;
  /** What is said on stderr; nothing where it is left out. */
  readonly said?: RegExp;
  /** Its bytes are damaged, and so is what is passed on of them. */
  readonly isDamaged?: boolean;
}

const filmOf = (seconds: number, size: string, hasSound: boolean, more: Partial<Film> = {}): Film => ({
  ...{ seconds, size, hasSound },
  ...more,
});

const small = (seconds: number) => filmOf(seconds, "160x120", true);
const isImage = /^flvcast: .* is a single image; add --loop to stream it.*\n$/;
const saying = (said: RegExp) => ({ said });

/** Each file as it is encoded, and as it is passed on: a text is the one line that says why it cannot be. */
const files: readonly (readonly [OddFileName, encoded: Film | RegExp, copied: Film | RegExp])[] = [
  ["pts-wraps-after-6s.ts", small(16), small(16)],
  ["pts-hole-of-20s.ts", small(12), small(12)],
  ["pts-back-by-an-hour.ts", small(12), small(12)],
  [
    "one-percent-damaged.ts",
    small(12),
    filmOf(12, "160x120", true, { isDamaged: true, said: /^(flvcast: .* sent damaged data; .*\n)?$/ }),
  ],
  ["size-changes.ts", small(12), small(12)],
  ["size-changes-back.ts", small(18), small(18)],
  ["sound-begins-at-9s.mp4", small(14), small(14)],
  ["sound-ends-at-5s.ts", small(14), small(14)],
  ["two-pictures.ts", filmOf(6, "640x480", false), filmOf(6, "640x480", false)],
  ["hls/master.m3u8", filmOf(8, "640x480", false), filmOf(8, "640x480", false)],
  [
    "interlaced-mpeg2.ts",
    filmOf(5, "352x288", false),
    filmOf(
      5,
      "352x288",
      false,
      saying(
        /^flvcast: .* cannot carry mpeg2video .*, so it is encoded despite --copy\n(flvcast: no hardware encoder .*\n)?$/,
      ),
    ),
  ],
  ["interlaced-h264.mp4", filmOf(5, "352x288", false), filmOf(5, "352x288", false)],
  [
    "aac-with-pce.ts",
    small(8),
    filmOf(8, "160x120", true, saying(/^flvcast: the audio is AAC with 4 channels in a custom layout.*\n$/)),
  ],
  [
    "phone-held-upright.mp4",
    filmOf(6, "180x320", true),
    filmOf(6, "320x180", true, saying(/^flvcast: .* players show it unrotated; .*\n$/)),
  ],
  [
    "high-422-10bit.mp4",
    filmOf(6, "320x240", false),
    filmOf(6, "320x240", false, saying(/^flvcast: .* most browsers and hardware players do not; .*\n$/)),
  ],
  ["b-frames.mp4", filmOf(6, "320x240", true), filmOf(6, "320x240", true)],
  [
    "one-idr-in-90s.h264",
    filmOf(90, "160x120", false),
    filmOf(90, "160x120", false, saying(/^flvcast: .*key frame.*\n$/)),
  ],
  ["odd-size.jpg", isImage, isImage],
  ["alpha.png", isImage, isImage],
];

const RATE = 25;
/** What a viewer may miss that comes a moment after the URL. */
const MISSED_MS = 3000;
/** Of pictures that hardly differ, an encoder with few bits leaves some as they were. */
const LEAST_CHANGES = 0.85;

let seen = 0;

/** What is wrong with what a viewer gets, from the first picture to the end. */
async function faultsOf(program: Program, film: Film): Promise<readonly string[]> {
  const viewer = new Viewer(await program.firstLine());
  await viewer.until(({ recording }) => recording.pictures.length > 0);
  const [beganMs, beganSpanMs] = [performance.now(), viewer.recording.spanMs];
  const recording = await viewer.toTheEnd();
  const pace = (recording.spanMs - beganSpanMs) / (performance.now() - beganMs);
  const { exitCode, stderr } = await program.ended;
  const path = folder.file(`seen-${seen++}.flv`);
  writeFileSync(path, viewer.bytes);

  const streams = await probeStreams(path);
  const [picture, sound] = ["video", "audio"].map((type) =>
    streams.find(({ codec_type }) => codec_type === type),
  );
  const [firstMs = Number.NaN, lastMs = Number.NaN] = [0, -1].map(
    (at) => recording.pictures.at(at)?.timestampMs,
  );
  const soundEndMs = recording.sounds.at(-1)?.timestampMs ?? Number.NaN;
  const hashes = await decodedHashes(path, "v");
  const changes = hashes.filter((hash, at) => hash !== hashes[at - 1]).length;
  const complaints = film.isDamaged === true ? "" : await decodeComplaints(path);
  const pictures = recording.pictures.length;
  const size = `${picture?.width}x${picture?.height}`;
  return [
    [exitCode === 0, `exit ${exitCode}`],
    [viewer.hasLastChunk, "no last chunk"],
    [(film.said ?? /^$/).test(stderr), `it said ${stderr}`],
    [complaints === "", complaints],
    [size === film.size, `it is ${size}`],
    [(sound !== undefined) === film.hasSound, `its sound is ${sound?.codec_name}`],
    [firstMs < MISSED_MS, `it begins at ${firstMs} ms`],
    [Math.abs(lastMs - (film.seconds * 1000 - 1000 / RATE)) < 100, `its last picture is of ${lastMs} ms`],
    [pictures > ((lastMs - firstMs) * RATE) / 1000 - RATE / 4, `it has ${pictures} pictures`],
    [!film.hasSound || Math.abs(soundEndMs - lastMs) < 500, `its sound ends at ${soundEndMs} ms`],
    [changes > hashes.length * LEAST_CHANGES, `${changes} of its ${hashes.length} pictures change`],
    [Math.abs(pace - 1) < 0.05, `its pace is ${pace}`],
  ].flatMap(([isRight, fault]) => (isRight === true ? [] : [String(fault)]));
}

const patienceMs = 120_000;

const ways = files.flatMap(([name, encoded, copied]) => [
  { name, args: [], what: encoded },
  { name, args: ["--copy"], what: copied },
]);

describe("a file that plays to its end", () => {
  const plays = ways.flatMap(({ what, ...way }) => (what instanceof RegExp ? [] : [{ ...way, film: what }]));

  it.concurrent.each(plays)("$name $args", async ({ name, args, film }) => {
    const path = await makeOddFile(name, folder.path);
    expect(await faultsOf(start(["--device", path, ...args], { patienceMs }), film)).toEqual([]);
  });
});

describe("a file that cannot be played", () => {
  const refused = ways.flatMap(({ what, ...way }) => (what instanceof RegExp ? [{ ...way, why: what }] : []));

  it.each(refused)("$name $args", async ({ name, args, why }) => {
    const program = start(["--device", await makeOddFile(name, folder.path), ...args]);
    const { exitCode, stdout, stderr } = await program.ended;
    expect([2, 19]).toContain(exitCode);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: expect.stringMatching(why) });
  });
});
