import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StreamStatus } from "../../src/stream.ts";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints } from "../e2e/judges.ts";
import { NetworkHost, whyNoNetwork } from "../e2e/network.ts";
import { until } from "../e2e/processes.ts";
import { type End, Program, start, stopAll } from "../e2e/program.ts";
import { findProgram } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";

const reason = await whyNoNetwork();
if (reason !== null) console.log(`skipped: addresses that change: ${reason}`);

const folder = makeFolder();
const hosts = folder.file("hosts");
let state: string;
let machine: NetworkHost;
let neighbour: NetworkHost;

beforeAll(async () => {
  if (reason !== null) return;
  writeFileSync(hosts, "");
  machine = await NetworkHost.start(`mount --bind ${hosts} /etc/hosts`);
  neighbour = await NetworkHost.start();
  await machine.connect("lan", neighbour, "card");
  await neighbour.ip("address add 10.77.0.2/24 dev card");
});
beforeEach(async () => {
  state = freshStateFolder();
  if (reason !== null) return;
  await neighbour.ip("link set card up");
  await machine.ip("address add 10.77.0.1/24 dev lan");
});
afterEach(async () => {
  await stopAll();
  if (reason === null) await machine.ip("address flush dev lan scope global");
});
afterAll(async () => {
  await machine?.stop();
  await neighbour?.stop();
  folder.remove();
});

/** A stream on the machine within. */
function garden(...args: readonly string[]): Program {
  const small = ["--device", "test", "--size", "320x240", "--audio", "none", "--gop", "0.5"];
  const patient = ["--viewer-timeout", "2m"]; // TCP tries again after ever longer pauses
  const told = ["--name", "garden", "--auth", "none", "--log-format", "json"];
  return start([...small, ...patient, ...told, ...args], {
    env: { RUNTIME_DIRECTORY: state },
    runBy: machine.runBy,
  });
}

const flvcast = (...args: readonly string[]): Promise<End> =>
  new Program(args, { env: { RUNTIME_DIRECTORY: state } }).ended;

async function statusOf(): Promise<StreamStatus & { readonly exitCode: number | null }> {
  const { exitCode, stdout } = await flvcast("status", "garden", "--json");
  return { ...JSON.parse(stdout), exitCode };
}

/** How often an event was logged. */
const count = ({ stderr }: Program, event: string) => stderr.split(`"event":"${event}"`).length - 1;

const WATCH = 'require("http").get(process.argv[1], (response) => response.pipe(process.stdout))';

/** A viewer on the neighbour's machine. */
class RemoteViewer {
  readonly #child;
  readonly #closed: Promise<unknown>;
  readonly #chunks: Buffer[] = [];

  constructor(url: string) {
    const [command, ...args] = [...neighbour.runBy, process.execPath, "-e", WATCH, url];
    this.#child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    this.#closed = once(this.#child, "close");
    this.#child.stdout.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** That it gets this much more. */
  async gets(bytes: number): Promise<void> {
    const goal = this.bytes.length + bytes;
    await until(`the viewer gets ${bytes} more bytes`, () => this.bytes.length >= goal, 20_000);
  }

  /** What its whole stream is complained of. */
  async complaints(): Promise<string> {
    await this.#closed;
    const path = folder.file("watched.flv");
    writeFileSync(path, this.bytes);
    return await decodeComplaints(path);
  }

  leave(): void {
    this.#child.kill();
  }
}

describe.skipIf(reason !== null)("an address that a stream listens on", () => {
  it.each<[what: string, host: () => NetworkHost, takeAway: string, giveBack: string]>([
    ["is taken away", () => machine, "address del 10.77.0.1/24 dev lan", "address add 10.77.0.1/24 dev lan"],
    ["loses its cable", () => neighbour, "link set card down", "link set card up"],
  ])("that %s is told, and its viewers go on when it is back", async (_what, host, takeAway, giveBack) => {
    const program = garden("--host", "10.77.0.1");
    const url = await program.firstLine();
    const viewer = new RemoteViewer(url);
    await viewer.gets(10_000);

    await host().ip(takeAway);
    await until("it is said to be gone", () => count(program, "address-lost") === 1);
    expect(await statusOf()).toMatchObject({
      ...{ exitCode: 1, state: "on-air", isReachable: false, url, reason: "addressUnavailable" },
      lastError: expect.stringMatching(/^10\.77\.0\.1 is gone/),
    });
    expect(await flvcast("url", "garden")).toMatchObject({
      ...{ exitCode: 17, stdout: "" },
      stderr: expect.stringMatching(
        /^flvcast: "garden" cannot be reached at the moment: 10\.77\.0\.1 is gone/,
      ),
    });

    await host().ip(giveBack);
    await until("it is said to be back", () => count(program, "address-back") === 1);
    expect(await statusOf()).toMatchObject({ exitCode: 0, isReachable: true, url, lastError: null });
    await viewer.gets(10_000);
    const late = new RemoteViewer(url);
    await late.gets(10_000);
    late.leave();

    expect(await program.stop()).toMatchObject({ exitCode: 0 });
    expect(await viewer.complaints()).toBe("");
    expect([count(program, "address-lost"), count(program, "address-back")]).toEqual([1, 1]);
  });

  it("under a name follows the name, and who watches at an address that stays is not dropped", async () => {
    writeFileSync(hosts, "10.77.0.1 cam.test\n");
    const program = garden("--host", "cam.test");
    const url = await program.firstLine();
    expect(new URL(url).hostname).toBe("cam.test");
    const at = (address: string) => new RemoteViewer(url.replace("cam.test", address));
    const viewer = at("10.77.0.1");
    await viewer.gets(10_000);

    await machine.ip("address add 10.77.0.5/24 dev lan");
    writeFileSync(hosts, "10.77.0.5 cam.test\n");
    await until("it listens on the other", () => count(program, "address-back") === 1);
    await viewer.gets(10_000);
    const other = at("10.77.0.5");
    await other.gets(10_000);

    await machine.ip("address flush dev lan scope global");
    await until("that is said to be gone, too", () => count(program, "address-lost") === 1);
    await machine.ip("address add 10.77.0.9/24 dev lan");
    writeFileSync(hosts, "10.77.0.9 cam.test\n");
    await until("it listens on the third", () => count(program, "address-back") === 2);
    const third = at("10.77.0.9");
    await third.gets(10_000);
    expect(await statusOf()).toMatchObject({ exitCode: 0, isReachable: true, url });
    for (const each of [viewer, other, third]) each.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0 });
  });
});

const MAKE_TUNNEL =
  'open(F, "+<", "/dev/net/tun") or die; my $r = pack("a16S", "vpn0", 0x1001); ioctl(F, 0x400454ca, $r) or die; $| = 1; print "up"; <STDIN>';

const all = async () => (await flvcast("url", "garden", "--all")).stdout.trim().split("\n");

describe.skipIf(reason !== null)("on all addresses", () => {
  const within = { timeout: 20_000 };

  it("URLs are those of the moment, and the neighbours' come before a VPN's", async ({ skip }) => {
    if (findProgram("perl") === null) {
      console.log("skipped: addresses beside a VPN's: perl is not installed");
      skip();
    }
    const [command, ...args] = [...machine.runBy, "perl", "-e", MAKE_TUNNEL];
    const tunnel = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    await once(tunnel.stdout, "data");
    await machine.ip("address add 10.8.0.2/32 dev vpn0");
    await machine.ip("link set vpn0 up");
    await machine.ip("route add default dev vpn0");

    const program = garden("--host", "0.0.0.0");
    const url = new URL(await program.firstLine());
    const urls = (...addresses: readonly string[]) =>
      addresses.map((address) => `http://${address}:${url.port}/live/garden.flv`);
    expect(url.hostname).toBe("10.77.0.1");
    expect(await all()).toEqual(urls("10.77.0.1", "10.8.0.2", "127.0.0.1"));

    await machine.ip("address flush dev lan scope global");
    await expect.poll(all, within).toEqual(urls("10.8.0.2", "127.0.0.1"));
    expect(await statusOf()).toMatchObject({ url: urls("10.8.0.2")[0], isReachable: true });

    await machine.ip("address add 10.77.0.5/24 dev lan");
    tunnel.stdin.end();
    await once(tunnel, "close");
    await expect.poll(all, within).toEqual(urls("10.77.0.5", "127.0.0.1"));
    expect((await flvcast("url", "garden")).stdout.trim()).toBe(urls("10.77.0.5")[0]);
    expect(await statusOf()).toMatchObject({ url: urls("10.77.0.5")[0] });
    expect(await program.stop()).toMatchObject({ exitCode: 0 });
  });
});
