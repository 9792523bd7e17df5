import { expect, test } from "vitest";
import { readAudio } from "../../src/check/audio-message.ts";
import { Faults } from "../../src/check/faults.ts";
import { fromHex } from "./avc-editing.ts";
import { tagAt } from "./tag.ts";

const [mp4a, opus, mp3, flac] = ["mp4a", "Opus", ".mp3", "fLaC"].map((text) =>
  Buffer.from(text).toString("hex"),
);
const EX = "enhanced-rtmp: an audio tag with ExHeader";
const MP4A = "audio-fourcc-old-codec: mp4a, expected SoundFormat 10";
const MOD_EX = "ex-modifier: packet type 7";

test.each<[string, readonly unknown[] | null, string[]]>([
  ["af 00 1190", ["config", "aac", 10, "1190"], []],
  ["af 01 21", ["frame", "aac", 10, "21"], []],
  ["af", ["frame", "aac", 10, ""], []],
  ["af 02 21", null, ["aac-packet-type: 2, expected 0 or 1"]],
  ["ae 01 21", ["frame", "aac", 10, "21"], ["aac-sound-fields: 0xae, expected 0xaf"]],
  ["2f fffb", ["frame", "mp3", 2, "fffb"], []],
  ["ee fffb", ["frame", "mp3", 14, "fffb"], ["audio-codec-old: SoundFormat 14, MP3 8 kHz"]],
  ["72 d5", ["frame", "pcm_alaw", 7, "d5"], []],
  ["82 ff", ["frame", "pcm_mulaw", 8, "ff"], []],
  ["0f aa", ["frame", "other", 0, "aa"], ["audio-codec-old: SoundFormat 0, PCM"]],
  ["bf aa", ["frame", "other", 11, "aa"], ["audio-codec-old: SoundFormat 11, Speex"]],
  ["cf aa", ["frame", "other", 12, "aa"], ["audio-codec-unknown: SoundFormat 12"]],
  [`90 ${mp4a} 1190`, ["config", "aac", "mp4a", "1190"], [EX, MP4A]],
  [`91 ${opus} aa`, ["frame", "opus", "Opus", "aa"], [EX]],
  [
    `91 ${mp3} fffb`,
    ["frame", "mp3", ".mp3", "fffb"],
    [EX, "audio-fourcc-old-codec: .mp3, expected SoundFormat 2"],
  ],
  [`91 ${flac} aa`, ["frame", "other", "fLaC", "aa"], [EX, "audio-fourcc-rare: fLaC"]],
  [`92 ${opus}`, ["end", "opus", "Opus", ""], [EX]],
  [`94 ${opus} 00`, null, [EX, "audio-multichannel-config: AudioPacketType 4"]],
  [`94 ${mp4a} 00`, null, [EX, "audio-multichannel-config: AudioPacketType 4"]],
  ["95 00 77686174", null, [EX, "ex-multitrack: packet type 5"]],
  [`97 00 aa 01 ${mp4a} 21`, ["frame", "aac", "mp4a", "21"], [EX, MP4A, MOD_EX]],
  [`97 ff 0100 ${"aa".repeat(257)} 01 ${mp4a} 21`, ["frame", "aac", "mp4a", "21"], [EX, MP4A, MOD_EX]],
  ["97 00", null, [EX, MOD_EX, "audio-ex-packet-type: modifiers that are cut short"]],
  [`93 ${opus} aa`, null, [EX, "audio-ex-packet-type: 3"]],
  [`96 ${opus} aa`, null, [EX, "audio-ex-packet-type: 6"]],
  [`98 ${opus} aa`, null, [EX, "audio-ex-packet-type: 8"]],
  ["91 77686174", null, [EX, 'audio-fourcc-unknown: "what"']],
])("an audio tag of %s is %j", (hex, expected, found) => {
  const faults = new Faults();
  const message = readAudio(tagAt(0, { typeByte: 8, body: fromHex(hex) }), faults);
  const read =
    message === null ? null : [message.kind, message.codec, message.codecId, message.data.toString("hex")];
  expect(read).toEqual(expected);
  expect(
    faults
      .all()
      .map(({ id, detail }) => `${id}: ${detail}`)
      .toSorted(),
  ).toEqual(found.toSorted());
});
