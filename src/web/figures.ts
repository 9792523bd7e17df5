import type { StreamInfo } from "../server/api/schemas.ts";
import type { ViewerReadings } from "./stream-viewer.ts";

/** One line of the read-outs. */
export interface Figure {
  readonly name: string;
  readonly value: string;
}

const UNKNOWN = "–";

/** What a viewer may want to know, in words and units. `serverMs`: the server's clock now, where it is known. */
export function figuresOf(
  readings: ViewerReadings | null,
  stream: StreamInfo | null,
  serverMs: number | null,
): readonly Figure[] {
  return [
    { name: "Delay", value: delay(readings, serverMs) },
    { name: "Pictures shown", value: withUnit(readings?.shownPerSecond, 1, "/s") },
    { name: "Received", value: bitrate(readings?.receivedKbps) },
    { name: "Dropped", value: readings === null ? UNKNOWN : `${readings.droppedPictures}` },
    { name: "Buffer", value: withUnit(readings?.bufferMs, 0, " ms") },
    { name: "Player", value: player(readings) },
    { name: "Picture", value: picture(stream) },
    {
      name: "Codecs",
      value: stream === null || stream.codecs.length === 0 ? UNKNOWN : stream.codecs.join(", "),
    },
    { name: "Encoder", value: stream?.encoder ?? UNKNOWN },
    { name: "Viewers", value: stream?.viewers == null ? UNKNOWN : `${stream.viewers}` },
  ];
}

/** The difference between the two clocks is known no better. */
const LEAST_DELAY_MS = 10;

/** From the device to this screen, less the difference between the two clocks. */
function delay(readings: ViewerReadings | null, serverMs: number | null): string {
  if (readings?.takenMs == null || serverMs === null) return UNKNOWN;
  const delayMs = Math.round(serverMs - readings.takenMs);
  return delayMs < LEAST_DELAY_MS ? `under ${LEAST_DELAY_MS} ms` : `${delayMs} ms`;
}

function picture(stream: StreamInfo | null): string {
  if (stream?.size == null) return UNKNOWN;
  const size = stream.size.replace("x", " × ");
  return stream.fps === null ? size : `${size}, ${withUnit(stream.fps, 1, "/s")}`;
}

function player(readings: ViewerReadings | null): string {
  if (readings === null) return UNKNOWN;
  const name = readings.player === "low-latency" ? "WebCodecs" : "Media Source";
  return `${name} over ${readings.transport === "fetch" ? "HTTP" : "WebSocket"}`;
}

function bitrate(kbps: number | null | undefined): string {
  if (kbps == null) return UNKNOWN;
  return kbps < 1000 ? `${Math.round(kbps)} kbit/s` : `${(kbps / 1000).toFixed(2)} Mbit/s`;
}

function withUnit(value: number | null | undefined, decimals: number, unit: string): string {
  return value == null ? UNKNOWN : `${value.toFixed(decimals).replace(/\.0$/, "")}${unit}`;
}
