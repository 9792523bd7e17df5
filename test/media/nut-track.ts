import { openTrack, type TrackReader } from "../../src/media/codecs.ts";
import { NutDemuxer } from "../../src/media/nut/demuxer.ts";
import type { Packet } from "../../src/media/packet.ts";
import { fixture } from "./fixture.ts";

/** The packets of a recorded NUT stream with one track, and its private data. */
export function recorded(name: string): { reader: TrackReader; extradata: Uint8Array; packets: Packet[] } {
  const [stream, ...frames] = new NutDemuxer().push(fixture(name));
  if (stream?.kind !== "stream") throw new Error(`${name} begins with its stream's header`);
  const reader = openTrack(stream);
  const packets = frames.flatMap((event) =>
    event.kind === "frame" ? reader.push(event.data, event.presentationTimeUs) : [],
  );
  return { reader, extradata: stream.extradata, packets };
}
