import { nowUs } from "../../src/ffmpeg/capture.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import type { Packet } from "../../src/media/packet.ts";
import { HttpServer } from "../../src/server/server.ts";
import { flvPath } from "../../src/server/stream-name.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { openGate } from "../server/open-gate.ts";

/** What a picture is encoded as; another one has another SPS. */
export interface Shape {
  readonly size: string;
  readonly profile: "baseline" | "main" | "high";
}

/** A stream of flvcast's own rooms, with sound that goes on while the picture is exchanged. */
export interface ChangingStream {
  readonly url: string;
  /** Ends the process of the picture; the next one begins with a key frame and other parameter sets. */
  change(shape: Shape): Promise<void>;
  stop(): Promise<void>;
}

const RATE = 25;

export async function startChangingStream(first: Shape): Promise<ChangingStream> {
  const { hub, pipeline } = livePipeline({ name: "changing", rates: { framerate: RATE } });
  const server = new HttpServer({ hubs: [hub], gate: openGate });
  const sound = begin(soundArgs, (packets) => pipeline.push(packets, nowUs()));
  let pictures: FfmpegProcess | null = null;
  /** The next process takes over with its first picture: no moment is without one. */
  const show = async (shape: Shape) => {
    const before = pictures;
    const next: FfmpegProcess = begin(pictureArgs(shape), (packets) => {
      if (pictures === before) before?.kill();
      if (pictures === before) pictures = next;
      if (pictures === next) pipeline.push(packets, nowUs());
    });
    pictures ??= next;
    await before?.exited;
  };
  await show(first);
  const port = await server.listen("127.0.0.1", 0);
  while (!hub.isReady) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    url: `http://127.0.0.1:${port}${flvPath(hub.name)}`,
    change: show,
    stop: async () => {
      await Promise.all([pictures?.stop(), sound.stop()]);
      hub.end();
      await server.close(1000);
    },
  };
}

function begin(args: readonly string[], onPackets: (packets: readonly Packet[]) => void): FfmpegProcess {
  const track = new NutTrack(ownClock());
  return new FfmpegProcess({
    path: "ffmpeg",
    args: ["-hide_banner", "-nostdin", "-v", "error", "-re", ...args, ...output],
    outputs: new Map([[1, (chunk) => onPackets(track.push(chunk, nowUs()))]]),
    onStderrLine: (line) => console.error(line),
    redact: (text) => text,
  });
}

const output = ["-flush_packets", "1", "-f", "nut", "pipe:1"];
const soundArgs = ["-f", "lavfi", "-i", "sine=r=48000:samples_per_frame=480", "-ac", "2", "-c:a", "aac"];

function pictureArgs({ size, profile }: Shape): readonly string[] {
  return [
    ...["-f", "lavfi", "-i", `testsrc2=s=${size}:r=${RATE}`],
    ...["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", profile],
    ...["-g", `${RATE}`, "-pix_fmt", "yuv420p", "-enc_time_base", "1:1000000", "-output_ts_offset", "10"],
  ];
}
