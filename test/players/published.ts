import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename, dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { freePort } from "../e2e/servers.ts";
import { type RunningStream, startFlvcast } from "../start-flvcast.ts";
import { bFramesFile } from "./footage.ts";

const key = "players-key";
const retryMs = 250;

/** A program that publishes over RTMP, in real time until it is killed. */
export interface PublishingProgram {
  readonly name: string;
  readonly programs: readonly string[];
  command(url: string): Promise<readonly string[]>;
}

/** With B-frames, as OBS has them. */
const ffmpegAt = (path: string): PublishingProgram => ({
  name: path === "ffmpeg" ? path : `${basename(dirname(path))}'s ffmpeg`, // of a folder for each version
  programs: path === "ffmpeg" ? [path] : [], // the others are there, else they were not found
  command: async (url) => [
    ...[path, "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", await bFramesFile()],
    ...["-c", "copy", "-f", "flv", url],
  ],
});

const picture = "videotestsrc is-live=true ! video/x-raw,width=640,height=480,framerate=30/1";
const encoded = "videoconvert ! x264enc tune=zerolatency speed-preset=superfast key-int-max=30 ! h264parse";
const sound = "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse";

const gstreamerWith = (sink: string): PublishingProgram => ({
  name: `gstreamer's ${sink}`,
  programs: ["gst-launch-1.0"],
  command: async (url) => [
    ...["gst-launch-1.0", "-q", ...`${picture} ! ${encoded} ! queue ! mux.`.split(" ")],
    ...[...`${sound} ! queue ! mux. flvmux name=mux streamable=true !`.split(" "), sink, `location=${url}`],
  ],
});

export const publishingPrograms: readonly PublishingProgram[] = [
  ...findFfmpegs().map(ffmpegAt),
  ...["rtmpsink", "rtmp2sink"].map(gstreamerWith),
];

/** A stream that a program publishes. */
export async function startPublished(program: PublishingProgram): Promise<RunningStream> {
  const port = await freePort();
  const publisher = new PatientPublisher(
    await program.command(`rtmp://127.0.0.1:${port}/live/live?key=${key}`),
  );
  try {
    const stream = await startFlvcast(["live=rtmp", "--rtmp-port", `${port}`, "--publish-key", key]);
    const stop = async () => {
      const exitCode = await stream.stop();
      await publisher.stop();
      return exitCode;
    };
    return { ...stream, stop };
  } catch (error) {
    await publisher.stop();
    throw error;
  }
}

/** Tries again, as OBS does, until the port is open. */
class PatientPublisher {
  readonly #command: readonly string[];
  readonly #running: Promise<void>;
  #child: ChildProcess | null = null;
  #isStopped = false;

  constructor(command: readonly string[]) {
    this.#command = command;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#child?.kill("SIGKILL");
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const [program = "", ...args] = this.#command;
      this.#child = spawn(program, args, { stdio: "ignore" });
      await once(this.#child, "close");
      if (!this.#isStopped) await wait(retryMs);
    }
  }
}
