import { get } from "node:http";
import type { Writable } from "node:stream";
import type { Source } from "../../src/devices/source.ts";
import { nowUs } from "../../src/ffmpeg/capture.ts";
import type { ChosenEncoder } from "../../src/ffmpeg/encoder.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { type ProcessPlan, planProcess } from "../../src/ffmpeg/plan.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import { HttpServer } from "../../src/server/server.ts";
import { flvPath } from "../../src/server/stream-name.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { openGate } from "../server/open-gate.ts";
import { type Picture, picture, type RunningWay, type Way } from "./way.ts";

/** What encodes the pictures. */
export interface Encoding {
  readonly ffmpeg: string;
  readonly encoder: ChosenEncoder;
  readonly picture: Picture;
  /** Gets each picture's packet as ffmpeg has written it. */
  readonly onPacket: () => void;
}

const usual: Encoding = { ffmpeg: "ffmpeg", encoder: softwareEncoder, picture, onPacket: () => undefined };

/** As `encodeThroughFlvcast` with x264. */
export const throughFlvcast: Way = {
  name: "flvcast, to a viewer on loopback",
  start: (onFlv) => encodeThroughFlvcast(usual, onFlv),
};

/**
 * flvcast's own rooms, wired as `startStream` does it, with raw pictures on ffmpeg's stdin in the place of a device;
 * the sound comes from a process of its own, as a microphone's would. The viewer is on loopback.
 */
export function encodeThroughFlvcast(encoding: Encoding, onFlv: (chunk: Uint8Array) => void): RunningWay {
  const { hub, pipeline } = livePipeline({ name: "bench" });
  const server = new HttpServer({ hubs: [hub], gate: openGate });
  const listening = server.listen("127.0.0.1", 0);
  let isWatched = false;
  const onChunk = (track: NutTrack) => (chunk: Uint8Array) => {
    const packets = track.push(chunk, nowUs());
    for (const { kind } of packets) if (kind === "video-frame") encoding.onPacket();
    pipeline.push(packets, nowUs());
    if (!hub.isReady || isWatched) return;
    isWatched = true;
    void listening.then((port) => watch(port, onFlv)); // listening since before the first packet
  };
  const clock = ownClock(); // both begin now: one clock for two processes
  const inputs: Writable[] = [];
  const start = (plan: ProcessPlan, pipe: number) =>
    new FfmpegProcess({
      path: encoding.ffmpeg,
      args: plan.args,
      outputs: new Map([[pipe, onChunk(new NutTrack(clock))]]),
      onStderrLine: (line) => {
        if (!line.startsWith("Svt[")) console.error(line); // what it is, and how it is set
      },
      redact: (text) => text,
      stdin: (stdin) => inputs.push(stdin),
    });
  const pictures = start(planOf(rawSource(encoding.picture), { video: true, audio: false }, encoding), 1);
  const sound = start(planOf(soundSource, { video: false, audio: true }, encoding), 3);
  const [stdin] = inputs;
  if (stdin === undefined) throw new Error("ffmpeg was started without stdin");
  return {
    stdin,
    pid: pictures.pid,
    stop: async () => {
      for (const process of [pictures, sound]) process.kill();
      await Promise.all([pictures.exited, sound.exited]);
      hub.end();
      await server.close(1000);
    },
  };
}

function rawSource(size: Picture): Source {
  return {
    label: "raw pictures",
    device: null,
    hasEnd: false,
    inputOptions: ["-f", "rawvideo", "-pix_fmt", "yuv420p"]
      .concat(["-video_size", `${size.width}x${size.height}`])
      .concat(["-framerate", `${size.fps}`]),
    url: "pipe:0",
    video: {
      ...{ map: "0:v:0", codec: "rawvideo", passesThrough: false, filters: [], colorMatrix: null },
      ...{ size, fps: size.fps, slowestFps: null },
    },
    audio: null,
    clock: "own",
  };
}

const soundSource: Source = {
  label: "a tone",
  device: null,
  hasEnd: false,
  inputOptions: ["-probesize", "32", "-analyzeduration", "0", "-re", "-f", "lavfi"],
  url: "sine=frequency=1000:sample_rate=48000",
  video: null,
  audio: { map: "0:a:0", codec: "pcm_s16le", filters: [] },
  clock: "own",
};

function planOf(
  source: Source,
  wanted: { video: boolean; audio: boolean },
  { encoder, picture: { bitrateKbps } }: Encoding,
): ProcessPlan {
  return planProcess(source, wanted, {
    ...{ majorVersion: 5, encoder, size: null, fps: null, bitrateKbps, gopSeconds: 1, copy: false, baseS: 0 },
  });
}

function watch(port: number, onFlv: (chunk: Uint8Array) => void): void {
  get({ host: "127.0.0.1", port, path: flvPath("bench") }, (response) => response.on("data", onFlv));
}
