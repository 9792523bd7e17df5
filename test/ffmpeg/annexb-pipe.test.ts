import { describe, expect, it } from "vitest";
import { AnnexBTrack } from "../../src/ffmpeg/annexb-pipe.ts";
import type { Packet } from "../../src/media/packet.ts";
import { fixture, inPieces } from "../media/fixture.ts";

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
});
