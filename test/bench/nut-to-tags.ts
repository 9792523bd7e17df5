import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { Muxer } from "../../src/media/flv/muxer.ts";
import { decodeTimeUs, isFrame } from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { Preroll } from "../../src/timing/preroll.ts";

const tracks = { video: true, audio: true };

/** Makes the tags of two recordings, as a stream does with what its ffmpeg writes, and counts their bytes. */
export function tagBytesOf(video: readonly Uint8Array[], audio: readonly Uint8Array[]): number {
  const preroll = new Preroll(tracks);
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "bench" });
  const clock = ownClock();
  let bytes = 0;
  for (const chunks of [audio, video]) {
    const track = new NutTrack(clock);
    for (const chunk of chunks) {
      for (const packet of track.push(chunk, 0).flatMap((each) => preroll.push(each))) {
        const timestampMs = isFrame(packet) ? Math.round(decodeTimeUs(packet) / 1000) : 0;
        for (const tag of muxer.push(packet, timestampMs)) bytes += tag.bytes.length;
      }
    }
  }
  return bytes;
}
