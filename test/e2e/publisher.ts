import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { run } from "../run.ts";
import { until } from "./processes.ts";
import { Program } from "./program.ts";

const running = new Set<Publisher>();

/** A program that publishes, until it ends by itself or is stopped. */
export class Publisher {
  readonly #child: ChildProcess;
  stderr = "";

  constructor([program = "", ...args]: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    running.add(this);
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) await once(this.#child, "close");
    running.delete(this);
    return this.#child.exitCode;
  }

  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    this.#child.kill(signal);
    await this.ended();
  }
}

export async function stopPublishers(): Promise<void> {
  await Promise.all([...running].map((publisher) => publisher.stop("SIGKILL")));
}

/** ffmpeg that publishes a file at its pace, as it is. */
export function publishing(file: string, url: string, { ffmpeg = "ffmpeg" } = {}): Publisher {
  return new Publisher([
    ...[ffmpeg, "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", file],
    ...["-c", "copy", "-f", "flv", url],
  ]);
}

/** Half a minute of video with B-frames, a key frame a second, and sound. */
export async function makeSource(path: string): Promise<void> {
  await run([
    ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=10", "-f", "lavfi", "-i", "sine"],
    ...["-t", "30", "-c:v", "libx264", "-bf", "2", "-g", "10", "-c:a", "aac", "-y", path],
  ]);
}

/** Where a running stream, or the only server, is published, as `flvcast url --publish` says, once it can be. */
export async function publishUrl(name: string | null, env: NodeJS.ProcessEnv): Promise<string> {
  let found = "";
  const asked = ["url", ...(name === null ? [] : [name]), "--publish", "--json"];
  await until(
    `${name ?? "it"} can be published`,
    async () => {
      const { stdout, exitCode } = await new Program(asked, { env }).ended;
      if (exitCode === 0) found = (JSON.parse(stdout) as { readonly url: string }).url;
      return exitCode === 0;
    },
    60_000,
  );
  return found;
}
