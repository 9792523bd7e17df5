import { UserError } from "../failure.ts";
import type { OnAir } from "../on-air.ts";
import type { StartSettings } from "../settings/settings.ts";
import type { Environment, Io } from "./command.ts";

/** What a failure looks like on stderr: a line for the user, or all there is for whoever mends the bug. */
export function failureText(error: unknown): string {
  if (error instanceof UserError) return `flvcast: ${error.message.replace(/\s*\n\s*/g, " ")}\n`;
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${details}\nflvcast: this is a bug in flvcast: please report it with the lines above\n`;
}

type Loudness = Pick<StartSettings, "quiet" | "json" | "verbose">;

interface Spinner {
  stop(): unknown;
  clear(): unknown;
  render(): unknown;
}

/** Tells on stderr how a cast is doing. stdout belongs to the URL. */
export class Report {
  readonly #stderr: Io["stderr"];
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #spins: boolean;
  #spinner: Spinner | null = null;
  #isStarting = false;

  constructor(stderr: Io["stderr"], { quiet, json, verbose }: Loudness, env: Environment) {
    this.#stderr = stderr;
    this.#quiet = quiet;
    this.#verbose = verbose;
    // A terminal that says it is 0 columns wide (ssh -tt, script, containers) makes ora erase lines without end.
    const hasWidth = stderr.isTTY && stderr.columns > 0;
    this.#spins = hasWidth && !quiet && !json && !verbose && !env["NO_COLOR"];
  }

  /** The time until the first picture begins. */
  starting(name: string): void {
    const text = `Starting ${name}: waiting for the first key frame`;
    if (this.#spins)
      void this.#spin(text); // only looks: a spinner that fails to load changes nothing
    else if (this.#verbose) this.line(text);
  }

  async #spin(text: string): Promise<void> {
    this.#isStarting = true;
    const { default: ora } = await import("ora"); // 60 ms, spent while ffmpeg starts
    if (!this.#isStarting) return;
    // stdin may be the picture: it is not ora's to read.
    this.#spinner = ora({ text, stream: this.#stderr, discardStdin: false }).start();
  }

  /** The time until the first picture is over, one way or another. */
  started(): void {
    this.#isStarting = false;
    this.#spinner?.stop();
    this.#spinner = null;
  }

  /** Who can watch, where that is everybody; how to, for a person at a terminal. */
  onAir({ url, isPublic }: Pick<OnAir, "url" | "isPublic">): void {
    if (isPublic) this.line("anyone who reaches this machine can watch (--host)");
    if (this.#stderr.isTTY) this.line(`watch it: vlc ${url}, or ffplay ${url}. Ctrl-C stops`);
  }

  /** One event. */
  line(text: string): void {
    if (this.#quiet) return;
    this.#spinner?.clear();
    this.#stderr.write(`flvcast: ${text}\n`);
    this.#spinner?.render();
  }

  /** A line of ffmpeg's. */
  ffmpegLine(text: string): void {
    if (this.#verbose) this.#stderr.write(`ffmpeg: ${text}\n`);
  }
}
