import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cache-folder.ts";
import type { Random } from "./random.ts";
import type { Report } from "./report.ts";
import { type Faulted, reporting, stopMs, takenBy } from "./streams.ts";
import { waits } from "./visited.ts";

const program = fileURLToPath(new URL("two-streams.js", import.meta.url));

interface Life {
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** A process that has two streams by the typed API: one lasts, the other comes and goes. */
export class TwoStreams {
  readonly lasting: Faulted;
  readonly changing: Faulted;
  readonly resourcesPath: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: Interface;

  constructor(lastingPort: number, changingPort: number, resourcesPath: string) {
    this.resourcesPath = resourcesPath;
    this.#child = spawn(process.execPath, [program, `${lastingPort}`, `${changingPort}`], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, CACHE_DIRECTORY: cacheFolder, ...reporting(resourcesPath) },
    });
    this.#answers = createInterface({ input: this.#child.stdout });
    const { pid = 0 } = this.#child;
    const of = (name: string, port: number): Faulted => ({
      ...{ name, pid, url: `http://127.0.0.1:${port}/live/${name}.flv`, isSteady: name === "lasting" },
      ...{ env: null, outlet: null, slow: 0 },
    });
    this.lasting = of("lasting", lastingPort);
    this.changing = of("changing", changingPort);
  }

  /** Starts and stops the second one at random, until the signal. */
  async livesOfChanging({ random, signal }: Life, report: Report): Promise<void> {
    while (!signal.aborted) {
      await this.#do("start");
      await waits(random.between(0, 20_000), signal);
      const withinMs = stopMs(this.changing);
      const tookMs = await this.#do("stop");
      if (tookMs > withinMs) report.wrong(`changing: stop took ${tookMs} ms, and not ${withinMs} at most`);
      await waits(random.between(0, 2000), signal);
    }
  }

  /** Ends both. @returns its exit code */
  async end(): Promise<unknown> {
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    return (await ended)[0];
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #do(word: string): Promise<number> {
    let isDone = false;
    this.#answers.once("line", () => (isDone = true));
    this.#child.stdin.write(`${word}\n`);
    return await takenBy(this.#child.pid ?? 0, `${word} of the changing stream`, () => isDone);
  }
}
