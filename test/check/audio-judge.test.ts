import { describe, expect, it } from "vitest";
import { AudioJudge } from "../../src/check/audio-judge.ts";
import { Faults } from "../../src/check/faults.ts";
import { bytes } from "../media/fixture.ts";
import { tagAt } from "./tag.ts";

/** What is found in audio tags with these bodies, and the codec. */
function judge(...bodies: readonly string[]) {
  const faults = new Faults();
  const audio = new AudioJudge(faults);
  const sizes = bodies.map((body, n) =>
    audio.read(tagAt(n * 20, { typeByte: 8, body: Buffer.from(bytes(body)) })),
  );
  audio.end();
  return { ids: faults.all().map(({ id }) => id), sizes, audio };
}

const STEREO = "af00 1190"; // AAC-LC, 48 kHz
const MONO = "af00 1188";

describe("a frame of AAC", () => {
  it.each([
    ["of a pair in stereo", STEREO, "af01 21 00", []],
    ["of a single channel in mono", MONO, "af01 01 00", []],
    ["of a single channel in stereo", STEREO, "af01 01 00", ["aac-channels-mismatch"]],
    ["of a pair in mono", MONO, "af01 21 00", ["aac-channels-mismatch"]],
    ["that begins with something else", MONO, "af01 c0 00", []],
    ["of no bytes", STEREO, "af01", ["aac-frame-empty"]],
    ["with an ADTS header", STEREO, "af01 fff14c8000fffc", ["aac-adts"]],
    ["that begins like an ADTS header, of a longer frame", STEREO, "af01 fff14c80ffffff 21", []],
    ["shorter than an ADTS header", STEREO, "af01 fff14c800000", []],
    ["that begins with fff6: another layer", STEREO, "af01 fff74c8000fffc", []],
  ])("%s", (_, config, frame, ids) => {
    expect(judge(config, frame).ids).toEqual(ids);
  });

  it("is not told of twice for one reason: its settings came late, or not at all", () => {
    expect(judge("af01 2100", "af01 2100").ids).toEqual(["audio-config-missing"]);
    expect(judge("af01 2100", STEREO, "af01 2100").ids).toEqual(["audio-config-late"]);
  });

  it("has settings that may come again, but not others", () => {
    expect(judge(STEREO, STEREO, "af01 2100").ids).toEqual([]);
    expect(judge(STEREO, MONO, "af01 0100").ids).toEqual(["audio-config-changed"]);
  });
});

it.each([
  [STEREO, "mp4a.40.2", 10],
  ["2f fffb9064", "mp3", 2],
  ["e6 fffb9064", "mp3", 14],
  ["72 d5", "G.711 A-law", 7],
  ["bf d5", "SoundFormat 11", 11],
])("sound that begins with %s is %s", (body, name, id) => {
  const { audio, sizes } = judge(body);
  expect(audio.codecName).toBe(name);
  expect(audio.codecId).toBe(id);
  expect(sizes).toEqual([body === STEREO ? null : bytes(body).length - 1]);
});

it("no sound has no name, and nothing is wrong with it", () => {
  const { audio, ids } = judge();
  expect([audio.codecName, audio.codecId, audio.format, ids]).toEqual([null, null, null, []]);
});
