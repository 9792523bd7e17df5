import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run.ts";

/** A PulseAudio of its own, without hardware: what is played into its one sink can be recorded. */
export interface SoundServer {
  /** For whoever is to play or record. */
  readonly env: NodeJS.ProcessEnv;
  /** The source that has what is played. */
  readonly source: string;
  /** Ends it as a crash would. */
  crash(): Promise<void>;
  /** Starts it again where it was. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSoundServer(): Promise<SoundServer> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-pulse-"));
  const socket = join(folder, "native");
  const script = join(folder, "default.pa");
  writeFileSync(
    script,
    [
      `load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
      "load-module module-null-sink sink_name=mic_feed rate=48000 channels=2",
      "set-default-sink mic_feed",
      "set-default-source mic_feed.monitor",
      "",
    ].join("\n"),
  );
  const home = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    PULSE_RUNTIME_PATH: folder,
    PULSE_STATE_PATH: folder,
  };
  const flags = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=no";
  const env = { PULSE_SERVER: `unix:${socket}`, PULSE_COOKIE: join(folder, "cookie") };
  const begin = async () => {
    rmSync(socket, { force: true }); // what a crash leaves behind
    const server = spawn("pulseaudio", ["-n", "-F", script, ...flags.split(" "), "--high-priority=no"], {
      stdio: "ignore",
      env: { ...process.env, ...home },
    });
    await answering(server, env);
    return server;
  };
  let server = await begin();
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, "close");
    server.kill(signal);
    await closed;
  };
  return {
    env,
    source: "mic_feed.monitor",
    crash: () => end("SIGKILL"),
    revive: async () => {
      server = await begin();
    },
    stop: async () => {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asked until it answers, which takes some tenths of a second; each question takes its time, too. */
async function answering(server: ChildProcess, env: NodeJS.ProcessEnv): Promise<void> {
  for (let question = 0; question < 200; question++) {
    const { exitCode } = await run(["pactl", "info"], { env: { ...process.env, ...env } });
    if (exitCode === 0) return;
    if (server.exitCode !== null) throw new Error(`pulseaudio ended with ${server.exitCode}`);
  }
  server.kill("SIGKILL");
  throw new Error("pulseaudio does not answer");
}
