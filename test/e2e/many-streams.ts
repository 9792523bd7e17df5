import { nowUs } from "../../src/ffmpeg/capture.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import { HttpServer } from "../../src/server/server.ts";
import type { StreamStatus } from "../../src/stream.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { someStatus } from "../control/some-status.ts";
import { FakeStream } from "../server/fake-stream.ts";
import { openGate } from "../server/open-gate.ts";
import { keyPair } from "../server/served.ts";

/** A server with several hubs, all of one source. */
export interface ManyStreams {
  readonly url: URL;
  readonly hubs: readonly Hub[];
  /** What the API says of them, in its order. */
  statuses: readonly StreamStatus[];
  stop(): Promise<void>;
}

const tracks = { video: true, audio: false };

export async function startManyChannels(
  names: readonly string[],
  { isTls = false, framerate = 25 } = {},
): Promise<ManyStreams> {
  const lives = names.map((name) => livePipeline({ name, tracks, rates: { framerate }, wallMs: Date.now }));
  const hubs = lives.map(({ hub }) => hub);
  const server = new HttpServer({ hubs, gate: openGate, keyPair: isTls ? keyPair : null });
  const track = new NutTrack(ownClock());
  const source = new FfmpegProcess({
    path: "ffmpeg",
    args: [...input(framerate), ...output(framerate)],
    outputs: new Map([
      [
        1,
        (chunk) => {
          const packets = track.push(chunk, nowUs());
          for (const { pipeline } of lives) pipeline.push(packets, nowUs());
        },
      ],
    ]),
    onStderrLine: (line) => console.error(line),
    redact: (text) => text,
  });
  const port = await server.listen("127.0.0.1", 0);
  while (!hubs.every(({ isReady }) => isReady)) await new Promise((resolve) => setTimeout(resolve, 20));
  const served: ManyStreams = {
    statuses: names.map((name) => ({ ...someStatus, name, size: "320x180", viewers: 1, reason: null })),
    url: new URL(`${isTls ? "https" : "http"}://127.0.0.1:${port}/`),
    hubs,
    stop: async () => {
      await source.stop();
      for (const hub of hubs) hub.end();
      await server.close(1000);
    },
  };
  server.setStreams(() => served.statuses.map(streamOf));
  return served;
}

function streamOf(status: StreamStatus): FakeStream {
  const stream = new FakeStream();
  stream.current = status;
  return stream;
}

const input = (framerate: number) => [
  ...["-hide_banner", "-nostdin", "-v", "error"],
  ...["-re", "-f", "lavfi", "-i", `testsrc2=s=320x180:r=${framerate}`],
];
const output = (framerate: number) => [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"],
  ...["-g", `${framerate}`, "-pix_fmt", "yuv420p"],
  ...["-enc_time_base", "1:1000000", "-output_ts_offset", "10", "-flush_packets", "1", "-f", "nut", "pipe:1"],
];
