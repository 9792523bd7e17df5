import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DirectWrite } from "../../../src/server/viewers/direct-write.ts";

const opened: Socket[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const socket of opened.splice(0)) socket.destroy();
});

/** Both ends of a connection: ours has written once, and the other one reads nothing yet. */
async function connected() {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connection = once(server, "connection");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  const [served] = (await connection) as [Socket];
  server.close();
  served.on("error", () => undefined);
  client.on("error", () => undefined);
  opened.push(served, client);
  const first = randomBytes(100);
  new DirectWrite(served).write(first); // by node, where it is the first of all
  await expect.poll(() => served.writableLength).toBe(0);
  return { served, client, direct: new DirectWrite(served), first };
}

async function received(client: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  client.on("data", (part: Buffer) => parts.push(part)).resume();
  await once(client, "end");
  return Buffer.concat(parts);
}

describe("a direct write", () => {
  it("sends everything in order, what the kernel takes at once and what it does not", async () => {
    const { served, client, direct, first } = await connected();
    const byNode = vi.spyOn(served, "write");
    const pieces = [1, 1000, 70_000, 3_000_000, 5, 12_000_000, 1, 40_000].map((bytes) => randomBytes(bytes));
    for (const piece of pieces) direct.write(piece);
    expect(byNode).not.toHaveBeenCalled();
    expect(direct.backlogBytes).toBeGreaterThan(0);
    served.end(Buffer.from("the end"));
    const bytes = await received(client);
    expect(bytes.equals(Buffer.concat([first, ...pieces, Buffer.from("the end")]))).toBe(true);
    expect(direct.backlogBytes).toBe(0);
  });

  it("goes on at once when the backlog has been taken", async () => {
    const { served, client, direct, first } = await connected();
    const pieces = [randomBytes(12_000_000), randomBytes(1000)];
    direct.write(pieces[0] ?? first);
    const whole = received(client);
    await expect.poll(() => direct.backlogBytes).toBe(0);
    direct.write(pieces[1] ?? first);
    expect(direct.backlogBytes).toBe(0);
    served.end();
    expect((await whole).equals(Buffer.concat([first, ...pieces]))).toBe(true);
  });

  it("waits behind what node itself has not sent", async () => {
    const { served, client, direct, first } = await connected();
    const [large, small] = [randomBytes(12_000_000), randomBytes(10)];
    served.write(large);
    direct.write(small);
    expect(direct.backlogBytes).toBe(large.length + small.length);
    served.end();
    expect((await received(client)).equals(Buffer.concat([first, large, small]))).toBe(true);
  });

  it("to somebody who has gone ends the connection", async () => {
    const { served, client, direct } = await connected();
    const closed = new Promise((resolve) => served.once("close", resolve));
    client.resetAndDestroy();
    served.pause(); // only the write is to find out
    await expect
      .poll(() => {
        direct.write(Buffer.alloc(100_000));
        return served.destroyed;
      })
      .toBe(true);
    await closed;
    direct.write(Buffer.alloc(1)); // changes nothing
    expect(direct.backlogBytes).toBe(0);
  });

  it("that waits ends the connection when its other end goes", async () => {
    const { served, client, direct } = await connected();
    direct.write(Buffer.alloc(12_000_000));
    expect(direct.backlogBytes).toBeGreaterThan(0);
    const closed = new Promise((resolve) => served.once("close", resolve));
    client.resetAndDestroy();
    await closed;
  });

  it("is node's own where there is nothing inside a socket", () => {
    const socket = new Socket();
    opened.push(socket);
    const byNode = vi.spyOn(socket, "write").mockReturnValue(true);
    const bytes = Buffer.from("bytes");
    new DirectWrite(socket).write(bytes);
    expect(byNode.mock.calls).toEqual([[bytes]]);
  });
});
