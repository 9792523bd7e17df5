import { describe, expect, it } from "vitest";
import { AnnexBTrack } from "../../src/ffmpeg/annexb-pipe.ts";
import { NutDemuxer } from "../../src/media/nut/demuxer.ts";
import type { Packet } from "../../src/media/packet.ts";
import { bytes, fixture, inPieces, probe } from "../media/fixture.ts";

function timesUs(packets: readonly Packet[]): number[] {
  return packets.flatMap((packet) => (packet.kind === "video-frame" ? [packet.presentationTimeUs] : []));
}

describe("raw H.264 from a pipe", () => {
  it("begins with the settings and the first IDR picture, and loses no picture after it", () => {
    const track = new AnnexBTrack(15);
    const packets = [...track.push(fixture("baseline.h264"), 0), ...track.end()];
    expect(packets.map((packet) => packet.kind).slice(0, 2)).toEqual(["video-config", "video-frame"]);
    expect(packets[1]).toMatchObject({ isKey: true });
    expect(timesUs(packets)).toHaveLength(15);
  });

  it("gives a picture the time at which its first byte came, not its last or the next one's", () => {
    const track = new AnnexBTrack(15);
    const data = fixture("baseline.h264");
    const [first] = [...inPieces(data, [64])].flatMap((piece, index) =>
      timesUs(track.push(piece, 1e6 + index * 100)),
    );
    expect(first).toBe(1e6);
  });

  it("comes out the same however the pipe cuts it", () => {
    const whole = new AnnexBTrack(30);
    const data = fixture("main-slices.h264");
    const expected = [...whole.push(data, 0), ...whole.end()];
    for (const sizes of [[1], [7, 1, 3], [4096, 2]]) {
      const track = new AnnexBTrack(30);
      const packets = [...inPieces(data, sizes)].flatMap((piece) => track.push(piece, 0));
      expect([...packets, ...track.end()]).toEqual(expected);
    }
  });

  it("is no longer H.264 when it was only at its beginning: it ends, and says what came", () => {
    const track = new AnnexBTrack(15);
    const damaged = bytes("00000001 e59a80".repeat(100));
    track.push(fixture("baseline.h264"), 0);
    expect(() => {
      for (let at = 0; at < 20; at++) track.push(damaged, 1e6 + at * 1e5);
    }).toThrow(
      /^1\d\d\d units in a row are unusable; the first: H.264: a NAL unit with forbidden_zero_bit set$/,
    );
  });

  it("ends when no picture has an end for ten seconds, however many bytes come", () => {
    const track = new AnnexBTrack(15);
    track.push(fixture("baseline.h264"), 0);
    const text = new Uint8Array(64 * 1024).fill(0x55);
    for (let at = 0; at <= 20; at++) track.push(text, at * 0.4e6);
    expect(() => track.push(text, 11e6)).toThrow(
      /^H.264 byte stream: expected the next frame within 10 s, got \d+ bytes without one$/,
    );
  });

  it.each([
    ["a unit that decoders ignore", "00000001 7eaabb", 0],
    ["a delimiter that is damaged", "00000001 89f0", 0],
    ["a picture that is damaged", "00000001 c19a80", 1],
  ])("goes on behind %s", (_, odd, lost) => {
    const [first, second] = [fixture("baseline.h264"), fixture("baseline.h264")];
    const track = new AnnexBTrack(15);
    const packets = [first, bytes(odd), second].flatMap((data) => track.push(data, 0));
    const all = timesUs([...packets, ...track.end()]).length;
    expect(all).toBeGreaterThanOrEqual(30 - lost);
    const { damaged = 0, ignored = 0 } = track.takeDrops() ?? {};
    expect(damaged + ignored).toBe(1);
  });
});

describe("raw H.265 from a pipe", () => {
  /** As a byte stream, which begins with its parameter sets. */
  const stream = Buffer.concat(
    new NutDemuxer()
      .push(fixture("hevc-5.1.nut"))
      .map((event) => (event.kind === "frame" ? event.data : event.extradata)),
  );

  it("is found out by its first unit, and loses no picture", () => {
    const track = new AnnexBTrack(25);
    const packets = [...track.push(stream, 0), ...track.end()];
    expect(packets[0]).toMatchObject({ kind: "video-config", codec: "hevc" });
    expect(packets[1]).toMatchObject({ kind: "video-frame", codec: "hevc", isKey: true });
    expect(timesUs(packets)).toHaveLength(probe("hevc-5.1.nut").packets.length);
  });

  it("ends when no picture has an end for ten seconds", () => {
    const track = new AnnexBTrack(25);
    track.push(stream, 0);
    const text = new Uint8Array(64 * 1024).fill(0x55);
    for (let at = 0; at <= 20; at++) track.push(text, at * 0.4e6);
    expect(() => track.push(text, 11e6)).toThrow(/^H.265 byte stream: expected the next frame within 10 s/);
  });
});
