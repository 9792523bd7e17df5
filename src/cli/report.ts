import { setTimeout as delay } from "node:timers/promises";
import type { OnAir } from "../channel/description.ts";
import { notice, warning } from "../log.ts";
import type { CommandSettings } from "../settings/settings.ts";
import type { Environment, Io } from "./command.ts";
import { eraseFirstSign } from "./first-sign.ts";
import { LineOutput, writeWithoutWaiting } from "./line-output.ts";
import { logForm } from "./log-form.ts";
import { type LogForm, type LogRecord, logLine } from "./log-lines.ts";
import { Repeats } from "./repeats.ts";

/** The spinner waits so long for ffmpeg to be started; what is on the terminal until then stands still. */
const SPINNER_WAIT_MS = 200;

type Loudness = Pick<CommandSettings, "quiet" | "json" | "verbose" | "logFormat">;

interface Spinner {
  stop(): unknown;
  clear(): unknown;
  render(): unknown;
}

/** Tells on stderr how a stream is doing. stdout belongs to the URL. */
export class Report {
  readonly #stderr: Io["stderr"];
  readonly #lines: LineOutput;
  readonly #quiet: boolean;
  readonly #json: boolean;
  readonly #verbose: boolean;
  readonly #form: LogForm;
  readonly #spins: boolean;
  readonly #repeats = new Repeats();
  #countTimer: NodeJS.Timeout | null = null;
  #spinner: Spinner | null = null;
  #isStarting = false;

  constructor(stderr: Io["stderr"], { quiet, json, verbose, logFormat }: Loudness, env: Environment) {
    this.#stderr = stderr;
    this.#quiet = quiet;
    this.#json = json;
    this.#verbose = verbose;
    this.#form = logForm(logFormat, env, stderr);
    writeWithoutWaiting(stderr);
    this.#lines = new LineOutput(stderr, (dropped) => this.#line(droppedLines(dropped)));
    // A terminal that says it is 0 columns wide (ssh -tt, script, containers) makes ora erase lines without end.
    const hasWidth = stderr.isTTY && stderr.columns > 0;
    this.#spins = hasWidth && this.#form === "text" && !quiet && !json && !verbose && !env["NO_COLOR"];
  }

  /** The time until the first picture begins. @param opened when ffmpeg is started, if that is soon */
  starting(name: string, opened: Promise<unknown> = Promise.resolve()): void {
    const text = `Starting "${name}": waiting for the first key frame`;
    if (this.#spins)
      void this.#spin(text, opened); // only looks: a spinner that fails to load changes nothing
    else if (this.#verbose) this.event(notice("starting", text, { name }));
  }

  async #spin(text: string, opened: Promise<unknown>): Promise<void> {
    this.#isStarting = true;
    await Promise.race([opened.catch(() => undefined), delay(SPINNER_WAIT_MS)]);
    if (!this.#isStarting) return;
    const { default: ora } = await import("ora"); // 60 ms, spent while ffmpeg starts
    if (!this.#isStarting) return;
    this.#eraseFirstSign();
    // stdin may be the picture: it is not ora's to read.
    this.#spinner = ora({ text, stream: this.#stderr, discardStdin: false }).start();
  }

  /** The time until the first picture is over, one way or another. */
  started(): void {
    this.#isStarting = false;
    this.#eraseFirstSign();
    this.#spinner?.stop();
    this.#spinner = null;
  }

  /**
   * Who can watch, where that is everybody, and where the token is. Before the URL: who waits for that has heard of it then.
   * @param shownUrl as stdout has it, with its token or without
   */
  access({ name, url, isPublic, needsToken, tokenFile }: OnAir, shownUrl: string): void {
    const lacksToken = needsToken && shownUrl === url;
    if (isPublic && !needsToken) {
      this.event(notice("public-access", "anyone who can reach this machine can watch (--auth none)"));
    }
    if (lacksToken) {
      const text = `the stream needs a token; print the full URL with: flvcast url ${name}`;
      this.event(notice("token-hidden", text, { name, ...(tokenFile === null ? {} : { tokenFile }) }));
    }
  }

  /** Whether a person reads this on a terminal, who may be told more than what happens. */
  get isForPerson(): boolean {
    return this.#stderr.isTTY && this.#form === "text" && !this.#quiet && !this.#json;
  }

  print(text: string): void {
    if (text === "") return;
    this.#spinner?.clear();
    this.#lines.write(text);
    this.#spinner?.render();
  }

  ffmpegLine(text: string): void {
    this.event({ level: "debug", event: "ffmpeg", program: "ffmpeg", text });
  }

  event(event: LogRecord): void {
    if (!this.#isWanted(event)) return;
    this.#write(this.#repeats.push(event, performance.now()));
    this.#awaitCount();
  }

  /** How the stream ended: for a person, or a log. Another program has our exit code. */
  ended(event: LogRecord): void {
    const isForProgram = this.#form === "text" && !this.#stderr.isTTY;
    this.event(isForProgram ? { ...event, level: "debug" } : event);
  }

  /** Says what is counted still; nothing comes after. */
  end(): void {
    if (this.#countTimer !== null) clearTimeout(this.#countTimer);
    this.#countTimer = null;
    this.#write(this.#repeats.flush());
  }

  #isWanted({ level }: LogRecord): boolean {
    if (level === "debug") return this.#verbose;
    return level === "error" || !this.#quiet;
  }

  #awaitCount(): void {
    const { dueMs } = this.#repeats;
    if (dueMs === null || this.#countTimer !== null) return;
    this.#countTimer = setTimeout(
      () => {
        this.#countTimer = null;
        this.#write(this.#repeats.due(performance.now()));
        this.#awaitCount();
      },
      Math.max(1, dueMs - performance.now()),
    ).unref(); // a count keeps nobody waiting
  }

  #write(events: readonly LogRecord[]): void {
    if (events.length === 0) return;
    const spinner = this.#stderr.writableNeedDrain ? null : this.#spinner; // it waits, too
    this.#eraseFirstSign();
    spinner?.clear();
    for (const event of events) this.#lines.write(this.#line(event));
    spinner?.render();
  }

  #eraseFirstSign(): void {
    eraseFirstSign({ stderr: this.#stderr });
  }

  #line(event: LogRecord): string {
    return logLine(event, this.#form, Date.now());
  }
}

function droppedLines(dropped: number): LogRecord {
  const lines = dropped === 1 ? "1 line was" : `${dropped} lines were`;
  return warning("lines-dropped", `${lines} dropped here: nothing read them in time`, { dropped });
}
