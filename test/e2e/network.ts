import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { findProgram, mustRun, run } from "../run.ts";

/** Why this machine cannot have machines within it; null where it can. */
export async function whyNoNetwork(): Promise<string | null> {
  const missing = ["unshare", "nsenter", "ip"].filter((program) => findProgram(program) === null);
  if (missing.length > 0) return `${missing.join(", ")} not installed`;
  const { exitCode } = await run(["unshare", "--net", "--mount", "mount", "-t", "sysfs", "sysfs", "/sys"]);
  return exitCode === 0 ? null : "this user may make no network namespaces";
}

/** A machine of its own as far as the network goes: a namespace, which is gone with the last process in it. */
export class NetworkHost {
  /** What a command is run by to run there. */
  readonly runBy: readonly string[];
  readonly #holder: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(holder: ChildProcessByStdio<Writable, Readable, null>) {
    this.#holder = holder;
    this.runBy = ["nsenter", "-t", String(holder.pid), "--net", "--mount"];
  }

  /** @param setUp a shell's lines that it begins with */
  static async start(setUp = ""): Promise<NetworkHost> {
    const script = `set -e; mount -t sysfs sysfs /sys; ip link set lo up; ${setUp}\necho ready; exec cat`;
    const holder = spawn("unshare", ["--net", "--mount", "sh", "-c", script], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await Promise.race([
      once(holder.stdout, "data"),
      once(holder, "exit").then(() => Promise.reject(new Error("a namespace could not be set up"))),
    ]);
    return new NetworkHost(holder);
  }

  /** `ip` with these words. */
  async ip(words: string): Promise<void> {
    await mustRun([...this.runBy, "ip", ...words.split(" ")]);
  }

  /** A cable to another host: a network card on each, both up and without an address. */
  async connect(card: string, other: NetworkHost, otherCard: string): Promise<void> {
    await this.ip(`link add ${card} type veth peer name ${otherCard} netns ${other.#holder.pid}`);
    await this.ip(`link set ${card} up`);
    await other.ip(`link set ${otherCard} up`);
  }

  async stop(): Promise<void> {
    const gone = once(this.#holder, "exit");
    this.#holder.stdin.end();
    await gone;
  }
}
