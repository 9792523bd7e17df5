import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustRun } from "../run.ts";
import { Command, type CommandOptions, type End } from "./command.ts";
import { layOutProject, otherFfmpegsFolder } from "./project.ts";

const cache = process.env["FLVCAST_GUEST"] ?? join(homedir(), ".cache", "flvcast-guest");
/** Where `guest/make.sh` has put the newest guest. */
export const imageFolder = join(cache, "current");

/** Booting takes 8 to 14 s in software on an idle machine, and minutes on a busy one. */
const BOOT_PATIENCE_MS = 600_000;

/** A booted virtual machine with this project in /project, as it is built. Its disks forget all that was written. */
export class Guest {
  /** The port of this machine that leads to the guest's 8080. */
  readonly streamPort: number;
  readonly #agentPort: number;
  readonly #qemu: ChildProcess;
  readonly #folder: string;

  private constructor(streamPort: number, agentPort: number, qemu: ChildProcess, folder: string) {
    this.streamPort = streamPort;
    this.#agentPort = agentPort;
    this.#qemu = qemu;
    this.#folder = folder;
  }

  /** @param firstProcess `systemd` starts services; the agent alone is there sooner */
  static async boot(firstProcess: "agent" | "systemd" = "agent"): Promise<Guest> {
    const folder = mkdtempSync(join(tmpdir(), "flvcast-guest-"));
    const disk = join(folder, "project.img");
    await makeDisk(await layOutProject(join(folder, "project"), imageFolder), disk);
    const [streamPort, agentPort] = [await freePort(), await freePort()];
    const qemu = spawn(
      "qemu-system-x86_64",
      [
        ...qemuArguments(disk, join(folder, "console"), streamPort, agentPort),
        ...["-append", kernelWords(firstProcess)],
      ],
      {
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    const guest = new Guest(streamPort, agentPort, qemu, folder);
    try {
      await guest.#answer();
    } catch (error) {
      await guest.stop();
      throw error;
    }
    return guest;
  }

  /** One of the films in /project/films, on this machine. */
  film(name: string): string {
    return join(this.#folder, "project", "films", name);
  }

  /** Starts a command in /project, as root where no user is given. */
  start(command: readonly string[], options: CommandOptions = {}): Command {
    return new Command(this.#agentPort, command, options);
  }

  /** Runs a command to its end. */
  async run(command: readonly string[], options: CommandOptions = {}): Promise<End> {
    return await this.start(command, options).ended;
  }

  /** Runs a shell line as root that must succeed, and is what it printed. */
  async shell(line: string): Promise<string> {
    const { stdout, stderr, exitCode } = await this.run(["bash", "-ec", line]);
    if (exitCode !== 0) throw new Error(`guest: ${line}: exit ${exitCode}\n${stderr}`);
    return stdout.trim();
  }

  /** Writes a file of these lines, as root. */
  async write(path: string, lines: readonly string[]): Promise<void> {
    const encoded = Buffer.from(`${lines.join("\n")}\n`).toString("base64");
    await this.shell(`echo ${encoded} | base64 -d >${path}`);
  }

  /** Pulls the plug. */
  async stop(): Promise<void> {
    if (this.#qemu.exitCode === null && this.#qemu.signalCode === null) {
      const closed = new Promise((resolve) => this.#qemu.once("close", resolve));
      this.#qemu.kill("SIGKILL");
      await closed;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(): Promise<void> {
    for (const endMs = performance.now() + BOOT_PATIENCE_MS; performance.now() < endMs; await delay(200)) {
      if (this.#qemu.exitCode !== null) break;
      const end = await this.run(["true"]).catch(() => null); // qemu takes the connection before anyone listens
      if (end?.exitCode === 0) return;
    }
    throw new Error(`the guest did not come up:\n${this.#console()}`);
  }

  #console(): string {
    return readFileSync(join(this.#folder, "console"), "utf8").slice(-2000);
  }
}

/** KVM is not asked for: where it is offered inside another virtual machine, a guest may hang in it. */
function qemuArguments(disk: string, console: string, streamPort: number, agentPort: number): string[] {
  const ffmpegs = otherFfmpegsFolder();
  const share = [
    ...["-fsdev", `local,id=ffmpegs,path=${ffmpegs},security_model=none,readonly=on,multidevs=remap`],
    ...["-device", "virtio-9p-pci,fsdev=ffmpegs,mount_tag=ffmpegs"],
  ];
  return [
    ...["-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "pc", "-smp", "2", "-m", "1536"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot"],
    ...["-kernel", join(imageFolder, "vmlinuz"), "-initrd", join(imageFolder, "initrd.gz")],
    ...["-serial", `file:${console}`],
    ...["-drive", `file=${join(imageFolder, "root.img")},format=raw,if=none,id=root,snapshot=on`],
    ...["-device", "virtio-blk-pci,drive=root"],
    ...["-drive", `file=${disk},format=raw,if=none,id=project,readonly=on`],
    ...["-device", "virtio-blk-pci,drive=project"],
    ...["-netdev", `user,id=net,restrict=on,${forward(streamPort, 8080)},${forward(agentPort, 9000)}`],
    ...["-device", "virtio-net-pci,netdev=net,romfile="],
    ...["-device", "virtio-rng-pci"],
    ...(ffmpegs === null ? [] : share),
  ];
}

/** guest/init reads those that begin with `guest.`; without no_timer_check, a busy machine makes the kernel panic over its timer. */
function kernelWords(firstProcess: "agent" | "systemd"): string {
  const ffmpegs = otherFfmpegsFolder();
  return [
    "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr tsc=unstable no_timer_check",
    ...(ffmpegs === null ? [] : [`guest.ffmpegs=${ffmpegs}`]),
    ...(firstProcess === "systemd" ? ["guest.systemd"] : []),
  ].join(" ");
}

const forward = (here: number, there: number) => `hostfwd=tcp:127.0.0.1:${here}-:${there}`;

async function makeDisk(folder: string, disk: string): Promise<void> {
  const { stdout } = await mustRun(["du", "-sm", folder]);
  const megabytes = Math.ceil(Number.parseInt(stdout, 10) * 1.2) + 32;
  const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
  const options = ["-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", folder];
  await mustRun(["mke2fs", "-q", ...options, "-F", disk, `${megabytes}M`], { env });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  return address.port;
}
