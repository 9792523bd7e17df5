import { nowUs } from "../../src/ffmpeg/capture.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import { HttpServer } from "../../src/server/server.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { FakeStream } from "../server/fake-stream.ts";
import { openGate } from "../server/open-gate.ts";
import { keyPair } from "../server/served.ts";

/** A server with several hubs, all of one source. */
export interface ManyStreams {
  readonly url: URL;
  readonly hubs: readonly Hub[];
  stop(): Promise<void>;
}

const tracks = { video: true, audio: false };
const RATE = 25;

export async function startManyChannels(names: readonly string[], isTls: boolean): Promise<ManyStreams> {
  const lives = names.map((name) =>
    livePipeline({ name, tracks, rates: { framerate: RATE }, wallMs: Date.now }),
  );
  const hubs = lives.map(({ hub }) => hub);
  const server = new HttpServer({ hubs, gate: openGate, keyPair: isTls ? keyPair : null });
  server.setStreams(() => hubs.map(streamOf));
  const track = new NutTrack(ownClock());
  const source = new FfmpegProcess({
    path: "ffmpeg",
    args: [...input, ...output],
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
  return {
    url: new URL(`${isTls ? "https" : "http"}://127.0.0.1:${port}/`),
    hubs,
    stop: async () => {
      await source.stop();
      for (const hub of hubs) hub.end();
      await server.close(1000);
    },
  };
}

function streamOf({ name, viewerCount }: Hub): FakeStream {
  const stream = new FakeStream();
  stream.current = { ...stream.current, name, viewers: viewerCount };
  return stream;
}

const input = [
  ...["-hide_banner", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", `testsrc2=s=320x180:r=${RATE}`],
];
const output = [
  ...[
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-g",
    `${RATE}`,
    "-pix_fmt",
    "yuv420p",
  ],
  ...["-enc_time_base", "1:1000000", "-output_ts_offset", "10", "-flush_packets", "1", "-f", "nut", "pipe:1"],
];
