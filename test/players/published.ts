import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../e2e/servers.ts";
import { type RunningStream, startFlvcast } from "../start-flvcast.ts";
import { bFramesFile } from "./footage.ts";

const key = "players-key";
const retryMs = 250;

/** A stream that ffmpeg publishes over RTMP, with B-frames as OBS has them. */
export async function startPublished(): Promise<RunningStream> {
  const port = await freePort();
  const publisher = new PatientPublisher(
    await bFramesFile(),
    `rtmp://127.0.0.1:${port}/live/live?key=${key}`,
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

  constructor(file: string, url: string) {
    const input = ["-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", file];
    this.#command = [...input, "-c", "copy", "-f", "flv", url];
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#child?.kill("SIGKILL");
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#child = spawn("ffmpeg", this.#command, { stdio: "ignore" });
      await once(this.#child, "close");
      if (!this.#isStopped) await wait(retryMs);
    }
  }
}
