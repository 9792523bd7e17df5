import { spawn } from "node:child_process";
import { isRunning } from "../e2e/processes.ts";
import { run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { faults } from "./faults.ts";
import { type Outlet, Pipe, Terminal } from "./outlets.ts";
import type { Random } from "./random.ts";
import type { Report } from "./report.ts";
import { isOnAir, type StreamProcess } from "./streams.ts";
import { waits } from "./visited.ts";

export interface LivesOptions {
  readonly random: Random;
  /** Raised when the last life is to end. */
  readonly signal: AbortSignal;
  readonly pipePath: string;
  readonly sources: readonly (readonly [weight: number, args: readonly string[]])[];
  readonly tlsArgs: readonly string[];
  readonly report: Report;
}

/** Starts a stream at random and stops it at a random moment, again and again, until the signal. */
export async function livesOf(stream: StreamProcess, options: LivesOptions): Promise<void> {
  const { signal, report } = options;
  while (!signal.aborted)
    await lives(stream, options).catch((error: unknown) => report.wrong(`${stream.name}: ${String(error)}`));
}

async function lives(stream: StreamProcess, options: LivesOptions): Promise<void> {
  const { random, signal, sources, tlsArgs, report } = options;
  const tell = (what: string) => report.tell(`${stream.name}: ${what}`);
  const source = random.pick(sources);
  const outlet = outletFor(source, options);
  const hasFault = random.next() < 0.5;
  const ms = random.pick([
    [1, random.between(0, 1500)],
    [2, random.between(2000, 25_000)],
  ]);
  const args = [
    ...source,
    ...(random.next() < 0.5 ? tlsArgs : []),
    ...(random.next() < 0.5 ? ["--verbose"] : []),
    ...(hasFault && !source.includes("-") ? ["--wait"] : []),
  ];
  const fault = random.pick(faults);
  const [how, end] = endOf(stream, random);
  const feed = source.includes("-") ? h264() : null;
  try {
    await stream.start(args, { outlet, ...(feed && { stdin: feed.stdout }) });
    tell(`${args.join(" ")} into ${outlet.kind}`);
    await waits(hasFault ? ms / 2 : ms, signal);
    const wasOnAir = await isOnAir(stream);
    if (hasFault) {
      tell(await fault(stream, random));
      await waits(ms / 2, signal);
    }
    if (isRunning(stream.pid)) tell(await stream.end(how, end));
    else if (hasFault && !wasOnAir) tell("it has not survived its start");
    else throw new Error(`it ended by itself, ${outlet.ending}: ${outlet.lastText}`);
  } finally {
    outlet.close();
    feed?.kill("SIGKILL");
  }
  await waits(
    random.pick([
      [1, 0],
      [1, random.between(0, 3000)],
    ]),
    signal,
  );
}

/** stdin is no terminal's where a picture comes by it. */
function outletFor(source: readonly string[], { random, pipePath }: LivesOptions): Outlet {
  const kind = random.pick<"terminal" | "read" | "full" | "closed">([
    [2, "terminal"],
    [1, "read"],
    [1, "full"],
    [1, "closed"],
  ]);
  if (kind === "terminal" && !source.includes("-")) return new Terminal();
  return new Pipe(pipePath, kind === "terminal" ? "read" : kind);
}

function endOf(stream: StreamProcess, random: Random): readonly [how: string, end: () => unknown] {
  const kill = (name: NodeJS.Signals) => [name, () => process.kill(stream.pid, name)] as const;
  return random.pick<readonly [string, () => unknown]>([
    [4, kill("SIGTERM")],
    [1, kill("SIGINT")],
    [2, kill("SIGKILL")],
    [1, ["flvcast stop", () => stopByName(stream)]],
  ]);
}

/** Before it has its name, it cannot be found by it. */
async function stopByName({ name, env, pid }: StreamProcess): Promise<void> {
  const { exitCode } = await run([process.execPath, flvcastProgram, "stop", name], { env });
  if (exitCode !== 0) process.kill(pid, "SIGTERM");
}

/** What a camera program would write. */
function h264() {
  const source = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=15", "-an", "-c:v", "libx264"];
  const coding = ["-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p"];
  return spawn("ffmpeg", ["-nostdin", "-v", "error", ...source, ...coding, "-f", "h264", "-"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
}
