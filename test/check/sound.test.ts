import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { soundAnswers } from "./faults/http.ts";
import { isAudio, isPicture, isSound, isVideo, type RawStream, readRaw, repeated } from "./raw-stream.ts";
import {
  arriving,
  brokenFile,
  type Fault,
  judge,
  liveStream,
  type Sample,
  withoutDuration,
} from "./sample.ts";

function found(sample: Sample): readonly FaultId[] {
  return judge(sample).map(({ id }) => id);
}

/** What a server does to a stream that is sound all the same. */
function sound(title: string, change: (stream: RawStream) => void, from = () => readRaw("clean")): Fault {
  return brokenFile(title, [], change, from);
}

function heldBack(timestampMs: number): number {
  return timestampMs > 5000 && timestampMs < 6500 ? 6500 : timestampMs;
}

const live = (stream: RawStream, arrival: (timestampMs: number) => number): Sample => {
  const pieces = arriving(stream, arrival);
  return { kind: "live", pieces, endMs: pieces.at(-1)?.atMs ?? 0 };
};

describe("no alarm is raised", () => {
  test.each(["clean", "b-frames", "mp3"])("on %s.flv, as ffmpeg has made it", (name) => {
    expect(found({ kind: "file", bytes: readFileSync(`test/fixtures/flv/${name}.flv`) })).toEqual([]);
  });

  test.each([
    ["hevc-opus", ["audio-multichannel-config", "video-ex-metadata"], ["enhanced-rtmp", "hevc-open-gop"]],
    ["av1", ["video-ex-metadata"], ["enhanced-rtmp", "av1-temporal-delimiter", "av1-order-hint"]],
  ])("on %s.flv, beyond what ffmpeg adds and mpegts.js does not read", (name, warnings, notes) => {
    const bytes = readFileSync(`test/fixtures/flv/${name}.flv`);
    expect(found({ kind: "file", bytes }).toSorted()).toEqual([...warnings, ...notes].toSorted());
  });

  test("on node-media-server's answer: it leaves RTMP's command in the metadata, and names no type", () => {
    const bytes = readFileSync("test/fixtures/flv/node-media-server.http");
    const ids = found({ kind: "answer", pieces: [{ bytes, atMs: 10 }], endMs: 100, closes: false });
    expect(ids).toEqual(["metadata-set-data-frame", "http-content-type-missing"]);
  });

  test.each(soundAnswers)("on $title", ({ sample }) => {
    expect(found(sample())).toEqual([]);
  });

  test.each([
    sound("video alone", (stream) => {
      stream.tags = stream.tags.filter((tag) => !isAudio(tag));
      stream.header.writeUInt8(1, 4);
    }),
    sound("audio alone", (stream) => {
      stream.tags = stream.tags.filter((tag) => !isVideo(tag));
      stream.header.writeUInt8(4, 4);
    }),
    sound(
      "a stream that is joined after three hours",
      ({ tags }) => {
        for (const tag of tags) if (tag.timestampMs > 0 || isSound(tag)) tag.timestampMs += 10_800_000;
      },
      () => withoutDuration(readRaw("clean")),
    ),
    sound(
      "time that passes 24 bits as it should",
      ({ tags }) => {
        for (const tag of tags) tag.timestampMs += 2 ** 24 - 1000;
        if (tags[0] !== undefined) tags[0].timestampMs = 0;
      },
      () => withoutDuration(readRaw("clean")),
    ),
    sound(
      "a slide show whose pictures are shown two seconds after their time of decoding",
      ({ tags }) => {
        for (const tag of tags.filter(isPicture)) tag.body.writeIntBE(2000, 2, 3);
        for (const tag of tags.filter(isSound)) tag.timestampMs += 2000;
        tags.find(isPicture)?.body.writeIntBE(1990, 2, 3); // so that not all have the same
        tags.sort((a, b) => a.timestampMs - b.timestampMs);
      },
      () => withoutDuration(readRaw("clean")),
    ),
    sound("the audio settings before the video settings", ({ tags }) => {
      const [video] = tags.splice(1, 1);
      if (video !== undefined) tags.splice(2, 0, video);
    }),
    sound("settings that are sent again before each group", (stream) => {
      const config = stream.tags.find(isVideo);
      stream.tags = stream.tags.flatMap((tag) =>
        config !== undefined && isVideo(tag) && tag.body[0] === 0x17 && tag.body[1] === 1
          ? [{ ...config, timestampMs: 0 }, tag]
          : [tag],
      );
    }),
    sound("script tags of other names", ({ tags }) => {
      const body = Buffer.from("02000a6f6e54657874446174610000000000", "hex").subarray(0, 13);
      tags.splice(40, 0, { type: 18, timestampMs: 500, streamId: 0, body });
    }),
  ])("on $title", ({ sample }) => {
    expect(found(sample())).toEqual([]);
  });

  test("on a live stream, cut off in the middle of a tag", () => {
    const pieces = arriving(liveStream(), (timestampMs) => timestampMs);
    const cut = pieces
      .slice(0, -20)
      .map((piece, index, all) =>
        index === all.length - 1 ? { ...piece, bytes: piece.bytes.subarray(0, 9) } : piece,
      );
    expect(found({ kind: "live", pieces: cut, endMs: 11_000 })).toEqual([]);
  });

  test("on a live stream that begins with its last group, and on one whose arrival jitters", () => {
    expect(found(live(liveStream(), (timestampMs) => Math.max(0, timestampMs - 2000)))).toEqual([]);
    let state = 1;
    const jitter = () => (state = (state * 16_807) % 2_147_483_647) % 400;
    expect(found(live(liveStream(), (timestampMs) => timestampMs + jitter()))).toEqual([]);
  });

  test("on a live stream of sound whose network holds it back for a second and a half", () => {
    expect(found(live(liveStream(), heldBack))).toEqual([]);
  });

  test("on a file that comes as fast as the network goes", () => {
    const stream = repeated(withoutDuration(readRaw("clean")), 2);
    expect(found(live(stream, (timestampMs) => timestampMs / 50))).toEqual([]);
  });
});
