import type { StreamForm } from "../../src/media/codecs.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { Muxer } from "../../src/media/flv/muxer.ts";
import { decodeTimeUs } from "../../src/media/packet.ts";
import { recorded } from "../media/nut-track.ts";
import { parseRaw, type RawStream } from "./raw-stream.ts";

/** What flvcast makes of a recorded NUT stream of one track. */
export function ownStream(name: string, form: StreamForm = "enhanced"): RawStream {
  const { packets } = recorded(name);
  const isVideo = packets[0]?.kind === "video-config";
  const tracks = { video: isVideo, audio: !isVideo };
  const muxer = new Muxer({ tracks, rates: {}, form, encoderName: "flvcast" });
  const times = packets.flatMap((packet) => ("decoderConfig" in packet ? [] : [decodeTimeUs(packet)]));
  const startUs = Math.min(...times);
  const tags = packets.flatMap((packet) => {
    const timeUs = "decoderConfig" in packet ? startUs : decodeTimeUs(packet);
    return muxer.push(packet, Math.round((timeUs - startUs) / 1000));
  });
  return parseRaw(Buffer.concat([encodeHeader(tracks), ...tags.map(({ bytes }) => bytes)]));
}
