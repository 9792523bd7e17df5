import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { explained, portUser } from "../../src/cli/port-in-use.ts";
import { serverKey } from "../../src/control/server-key.ts";
import { PortInUseError, UserError } from "../../src/errors.ts";
import { freshStateFolder } from "../state-folder.ts";

const env = { RUNTIME_DIRECTORY: freshStateFolder() };

test("a port that is taken is told with one that is free", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const failure = new PortInUseError("it is", { port, flag: "--rtmp-port" });
  const told = await explained(failure, { host: "127.0.0.1" }, env);
  expect(told).toMatchObject({
    reason: "portInUse",
    message: expect.stringMatching(
      new RegExp(`^port ${port} is already in use by .+; use --rtmp-port (\\d+|0 for any free one)$`),
    ),
  });
});

const holder = (key: string) => ({ key, pid: 7, folder: "/f", socketPath: "/f/s", sinceMs: 0 });

test("who listens is one of ours, by what stops it, or another program", () => {
  const node = { pid: 7, name: "node" };
  expect(portUser(node, { streams: [], servers: [] })).toEqual({ text: "node (pid 7)", name: null });
  const streams = [holder("door")];
  expect(portUser(node, { streams, servers: [] })).toEqual({ text: 'the stream "door"', name: "door" });
  const servers = [holder(serverKey("home"))];
  expect(portUser(node, { streams, servers })).toEqual({ text: 'the server "home"', name: "home" });
});

test("any other failure stays as it is", async () => {
  const wanted = { host: "127.0.0.1" };
  for (const failure of [new UserError("notReady", "late"), new TypeError("ours")])
    expect(await explained(failure, wanted, env)).toBe(failure);
});
