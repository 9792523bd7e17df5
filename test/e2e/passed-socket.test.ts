import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cacheFolder } from "../cache-folder.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { Viewer } from "./viewer.ts";

/** The shell knows the pid that flvcast will have, as systemd does: sd_listen_fds(3). */
const asSystemd = ["-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh"];
const command = ["start", "--device", "test", "--size", "320x240", "--encoder", "libx264", "--port", "1"];

let holder: Server;
const started: ChildProcess[] = [];

beforeAll(async () => {
  // It has an event loop, and takes connections as well: a viewer is sent away, and asks again until flvcast took it.
  holder = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(holder, "listening");
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  holder.close();
});

/** flvcast with the holder's socket as its descriptor 3. */
function start(): ChildProcess {
  // node tells the number of a server's descriptor nowhere else
  const { fd } = Reflect.get(holder, "_handle") as { readonly fd: number };
  const child = spawn("sh", [...asSystemd, process.execPath, flvcastProgram, ...command], {
    stdio: ["ignore", "pipe", "inherit", fd],
    env: { ...process.env, CACHE_DIRECTORY: cacheFolder },
  });
  started.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [bytes] = (await once(child.stdout as NodeJS.EventEmitter, "data")) as [Buffer];
  return bytes.toString().trim();
}

it("a socket that is passed is served in place of --port, and outlives the stream", async () => {
  const { port } = holder.address() as AddressInfo;
  for (const round of [1, 2]) {
    const child = start();
    const url = await firstLine(child);
    expect(url, `round ${round}`).toBe(`http://127.0.0.1:${port}/live/test.flv`);
    const recording = await served(url);
    expect(recording.pictures.length).toBeGreaterThan(1);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  }
});

async function served(url: string) {
  for (;;) {
    const recording = await new Viewer(url).watch(0.3).catch(() => null);
    if (recording !== null) return recording;
  }
}
