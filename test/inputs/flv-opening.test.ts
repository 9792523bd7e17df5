import { expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { FlvOpening, type PassedCodecs } from "../../src/inputs/flv-opening.ts";
import { encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../src/media/flv/message.ts";
import { audio, messagesOf, video } from "../media/flv/messages.ts";

const CONFIG = video("17 00 000000 01");
const KEY = video("17 01 000000 00000001 65");
const SOUND_CONFIG = audio("af 00 1190");
const SOUND = audio("af 01 21");

function metadata(properties: Readonly<Record<string, number | boolean>>): FlvMessage {
  const body = encodeAmf0("onMetaData", { kind: "ecma-array", properties: Object.entries(properties) });
  return { type: TagType.script, timestampMs: 0, body };
}

const BOTH = metadata({ videocodecid: 7, audiocodecid: 10, framerate: 25 });
const VIDEO = metadata({ videocodecid: 7, framerate: 29.97 });

/** When all is known, and what. */
function opened(messages: readonly (FlvMessage | number)[]) {
  const opening = new FlvOpening();
  let nowMs = 0;
  let isKnown = false;
  for (const one of messages) {
    if (typeof one === "number") {
      nowMs = one;
      isKnown = opening.isKnown(nowMs);
    } else isKnown = opening.push(one, nowMs);
    if (isKnown) break;
  }
  const { video: hasVideo, audio: hasAudio } = opening.tracks;
  return isKnown
    ? { nowMs, tracks: [hasVideo && "video", hasAudio && "audio"].filter(Boolean).join("+") }
    : null;
}

it.each<[string, readonly (FlvMessage | number)[], ReturnType<typeof opened>]>([
  ["both headers", [CONFIG, SOUND_CONFIG], { nowMs: 0, tracks: "video+audio" }],
  ["sound ahead of video", [SOUND_CONFIG, SOUND, 500, CONFIG], { nowMs: 500, tracks: "video+audio" }],
  ["metadata without sound", [VIDEO, CONFIG], { nowMs: 0, tracks: "video" }],
  ["promised sound that does not come", [BOTH, CONFIG, KEY, 1999, 2000], { nowMs: 2000, tracks: "video" }],
  [
    "promised sound that comes late",
    [BOTH, CONFIG, KEY, 1900, SOUND_CONFIG],
    { nowMs: 1900, tracks: "video+audio" },
  ],
  ["promised sound, and no key frame yet", [BOTH, CONFIG, 60_000], null],
  ["nothing promised", [CONFIG, KEY, 1999], null],
  ["nothing promised, for long", [CONFIG, KEY, 2000], { nowMs: 2000, tracks: "video" }],
  ["sound alone, as promised", [metadata({ audiocodecid: 10 }), SOUND_CONFIG], { nowMs: 0, tracks: "audio" }],
  ["sound alone, for long", [SOUND_CONFIG, SOUND, 2000], { nowMs: 2000, tracks: "audio" }],
  ["sound, and video that is promised", [BOTH, SOUND_CONFIG, SOUND, 9000], null],
  ["sound, and video without a header", [SOUND_CONFIG, SOUND, KEY, 9000], null],
  [
    "flags that say there is none",
    [metadata({ hasVideo: true, hasAudio: false }), CONFIG],
    { nowMs: 0, tracks: "video" },
  ],
])("of %s", (_, messages, expected) => {
  expect(opened(messages)).toEqual(expected);
});

it("of a recording, the tracks, the frame rate and all that came are told", () => {
  const opening = new FlvOpening();
  const messages = messagesOf("clean.flv");
  const last = messages.findIndex((message) => opening.push(message, 0));
  expect(opening.tracks).toEqual({ video: true, audio: true });
  expect(opening.fps).toBeGreaterThan(0);
  expect(opening.messages).toEqual(messages.slice(0, last + 1));
});

it("a track that is not wanted is not waited for, and may be of any codec", () => {
  const opening = new FlvOpening({ video: true, audio: false });
  expect(opening.push(audio("2f ff"), 0)).toBe(false);
  expect(opening.push(CONFIG, 0)).toBe(true);
});

it.each([
  [video("1e 00 000000 01"), "H.266 is not supported; set the encoder to H.264"],
  [audio("b2 ff"), "Speex audio is not supported; set the audio encoder to AAC"],
])("what cannot be carried is refused at once", (message, text) => {
  expect(() => new FlvOpening().push(message, 0)).toThrow(
    expect.objectContaining({ reason: "brokenInput", message: text }) as Error,
  );
});

it("audio of another codec than was asked for does not go out as it comes", () => {
  const both = { video: true, audio: true };
  const refused = expect.objectContaining({
    reason: "brokenInput",
    message: "its AAC is not the requested audio codec",
  }) as Error;
  expect(() => new FlvOpening(both, "all", "opus").push(SOUND_CONFIG, 0)).toThrow(refused);
  const opening = new FlvOpening(both, "universal", "aac");
  opening.push(SOUND_CONFIG, 0);
  expect(opening.codecs.audio).toBe("aac");
});

const large = (message: FlvMessage): FlvMessage => ({
  ...message,
  body: Buffer.concat([message.body.subarray(0, 5), Buffer.alloc(1 << 20)]),
});

/** After how many messages of 1 MB all is known; null: after none of twenty. */
const fill = (opening: FlvOpening) => {
  for (let n = 0; n < 20; n++) if (opening.push(large(video("27 01 000000")), 0)) return n;
  return null;
};

it("no more than 16 MB are kept: then it begins with what is there, or fails", () => {
  const withVideo = new FlvOpening();
  withVideo.push(CONFIG, 0);
  expect(fill(withVideo)).toBe(15);
  expect(withVideo.tracks).toEqual({ video: true, audio: false });
  expect(() => fill(new FlvOpening())).toThrow("no sequence header in the first 16 MB");
});

it("messages of a byte or two are not kept without end either", () => {
  const opening = new FlvOpening();
  const push = () => {
    for (let n = 0; n < 100_000; n++) opening.push(KEY, 0);
  };
  expect(push).toThrow("no sequence header in the first 16 MB");
  expect(opening.messages.length).toBeLessThan(70_000);
});

const HEVC_CONFIG = video("90 68766331 01");
const OPUS_CONFIG = audio("90 4f707573 4f");
const BOTH_WANTED = { video: true, audio: true };

/** How such a message is taken, or refused. */
function taken(message: FlvMessage, passes: PassedCodecs): string {
  try {
    new FlvOpening(BOTH_WANTED, passes).push(message, 0);
    return "passes";
  } catch (error) {
    return error instanceof UserError ? error.message : String(error);
  }
}

it.each([
  ["H.265 where it is wanted", HEVC_CONFIG, { video: "hevc", audio: "universal" }, "passes"],
  [
    "H.264 where H.265 is",
    CONFIG,
    { video: "hevc", audio: "all" },
    "it sends H.264; another codec is wanted",
  ],
  [
    "H.265 where H.264 is",
    HEVC_CONFIG,
    { video: "h264", audio: "all" },
    "it sends H.265; another codec is wanted",
  ],
  ["H.265 where all may", HEVC_CONFIG, "all", "passes"],
  ["H.265 where few may", HEVC_CONFIG, "universal", "H.265 is passed through only with --copy"],
  [
    "Opus beside H.265",
    OPUS_CONFIG,
    { video: "hevc", audio: "universal" },
    "Opus is passed through only with --copy",
  ],
  ["Opus with --copy", OPUS_CONFIG, { video: "hevc", audio: "all" }, "passes"],
] as const)("%s is refused, or goes out as it comes", (_, message, passes, answer) => {
  expect(taken(message, passes)).toBe(answer);
});
