import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Program, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

/** The shell knows the pid that flvcast will have, as systemd does: sd_listen_fds(3). */
const asSystemd = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh"];
const command = ["start", "--device", "test", "--size", "320x240", "--encoder", "libx264", "--port", "1"];

let holder: Server;
beforeAll(async () => {
  // It has an event loop, and takes connections as well: a viewer is sent away, and asks again until flvcast took it.
  holder = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(holder, "listening");
});
afterAll(async () => {
  await stopAll();
  holder.close();
});

it("a socket that is passed is served in place of --port, and outlives the stream", async () => {
  const { port } = holder.address() as AddressInfo;
  // node tells the number of a server's descriptor nowhere else
  const { fd } = Reflect.get(holder, "_handle") as { readonly fd: number };
  for (const round of [1, 2]) {
    const stream = new Program(command, { runBy: asSystemd, passedFd: fd });
    const url = await stream.firstLine();
    expect(url, `round ${round}`).toBe(`http://127.0.0.1:${port}/live/test.flv`);
    const recording = await served(url);
    expect(recording.pictures.length).toBeGreaterThan(1);
    await stream.stopInOrder();
  }
});

async function served(url: string) {
  for (;;) {
    const recording = await new Viewer(url).watch(0.3).catch(() => null);
    if (recording !== null) return recording;
  }
}
