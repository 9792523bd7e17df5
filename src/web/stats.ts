import type { StreamInfo } from "../server/api/schemas.ts";
import { make } from "./elements.ts";
import type { ViewerStats } from "./stream-viewer.ts";

/** Names and values, which are filled in while they are shown. */
export class StatsList {
  readonly element = make("dl", { class: "figures" });
  readonly #values = new Map<string, HTMLElement>();

  show(figures: readonly Figure[]): void {
    for (const { name, value } of figures) {
      const cell = this.#values.get(name) ?? this.#add(name);
      if (cell.textContent !== value) cell.textContent = value;
    }
  }

  #add(name: string): HTMLElement {
    const cell = make("dd");
    this.element.append(make("div", {}, make("dt", { text: name }), cell));
    this.#values.set(name, cell);
    return cell;
  }
}

interface Figure {
  readonly name: string;
  readonly value: string;
}

const UNKNOWN = "–";

/** What a viewer may want to know, in words and units. `serverMs`: the server's clock now, where it is known. */
export function figuresOf(
  stats: ViewerStats | null,
  stream: StreamInfo | null,
  serverMs: number | null,
): readonly Figure[] {
  return [
    { name: "Delay", value: delay(stats, serverMs) },
    { name: "Frame rate", value: withUnit(stats?.shownPerSecond, 1, " fps") },
    { name: "Bit rate", value: bitrate(stats?.receivedKbps) },
    { name: "Dropped frames", value: stats === null ? UNKNOWN : `${stats.droppedFrames}` },
    { name: "Buffer", value: withUnit(stats?.bufferMs, 0, " ms") },
    { name: "Player", value: player(stats) },
    { name: "Video", value: video(stream) },
    {
      name: "Codecs",
      value: stream === null || stream.codecs.length === 0 ? UNKNOWN : stream.codecs.join(", "),
    },
    { name: "Encoder", value: stream?.encoder ?? UNKNOWN },
    { name: "Viewers", value: stream === null ? UNKNOWN : `${stream.viewers}` },
  ];
}

/** The difference between the two clocks is known no better. */
const LEAST_DELAY_MS = 10;

/** From the device to this screen, less the difference between the two clocks. */
function delay(stats: ViewerStats | null, serverMs: number | null): string {
  if (stats?.capturedMs == null || serverMs === null) return UNKNOWN;
  const delayMs = Math.round(serverMs - stats.capturedMs);
  return delayMs < LEAST_DELAY_MS ? `under ${LEAST_DELAY_MS} ms` : `${delayMs} ms`;
}

function video(stream: StreamInfo | null): string {
  if (stream?.size == null) return UNKNOWN;
  const size = stream.size.replace("x", " × ");
  return stream.fps === null ? size : `${size}, ${withUnit(stream.fps, 1, " fps")}`;
}

function player(stats: ViewerStats | null): string {
  if (stats === null) return UNKNOWN;
  const name = stats.player === "low-latency" ? "WebCodecs" : "Media Source";
  return `${name} over ${stats.transport === "fetch" ? "HTTP" : "WebSocket"}`;
}

function bitrate(kbps: number | null | undefined): string {
  if (kbps == null) return UNKNOWN;
  return kbps < 1000 ? `${Math.round(kbps)} kbit/s` : `${(kbps / 1000).toFixed(2)} Mbit/s`;
}

function withUnit(value: number | null | undefined, decimals: number, unit: string): string {
  return value == null ? UNKNOWN : `${value.toFixed(decimals).replace(/\.0$/, "")}${unit}`;
}
