import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  addQueues,
  connectionKey,
  readTable,
  readTcpQueues,
  tcpTableOf,
} from "../../src/system/tcp-queues.ts";

const isLinux = process.platform === "linux";

/** Linux 6.1; sl of five digits makes its line no longer, only its number moves to the left. */
const ipv4 = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222517 1 00000000d38f990b 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 0026A4F0:00000000 01:00000014 00000000     0        0 222518 1 00000000f495d7f0 20 4 30 10 -1
10002: 0100007F:1F90 0A00A8C0:C351 08 00000001:00000000 00:00000000 00000000     0        0 222519 1 00000000f495d7f1 20 4 30 10 -1
`;

const ipv6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C352 01 00000010:00000000 00:00000000 00000000     0        0 1
   1: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:C353 01 00000000:00000007 00:00000000 00000000     0        0 2
`;

function queuesOf(table: string, addressDigits: 8 | 32): Map<string, number> {
  const queues = new Map<string, number>();
  expect(addQueues(Buffer.from(table, "latin1"), addressDigits, queues)).toBe(table.length);
  return queues;
}

function end(localAddress: string, remoteAddress: string, remotePort: number): Socket {
  return { localAddress, localPort: 8080, remoteAddress, remotePort } as Socket; // all that is looked at
}

describe("the kernel's table of connections", () => {
  it("tells who has not acknowledged how much", () => {
    expect([...queuesOf(ipv4, 8)]).toEqual([
      ["0100007F:1F90 0100007F:C350", 0x26_a4f0],
      ["0100007F:1F90 0A00A8C0:C351", 1],
    ]);
    expect([...queuesOf(ipv6, 32)]).toEqual([
      ["0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C352", 16],
    ]);
  });

  it("is read up to its last whole line", () => {
    for (let cut = 0; cut < ipv4.length; cut++) {
      const queues = new Map<string, number>();
      const linesEnd = addQueues(Buffer.from(ipv4.slice(0, cut), "latin1"), 8, queues);
      addQueues(Buffer.from(ipv4.slice(linesEnd), "latin1"), 8, queues);
      expect(queues).toEqual(queuesOf(ipv4, 8));
    }
  });
});

describe.skipIf(process.arch === "s390x")("a connection's key", () => {
  it.each([
    ["127.0.0.1", "192.168.0.10", 0xc3_51, "0100007F:1F90 0A00A8C0:C351"],
    [
      "::ffff:127.0.0.1",
      "::ffff:127.0.0.1",
      0xc3_52,
      "0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C352",
    ],
    ["::1", "::1", 0xc3_53, "00000000000000000000000001000000:1F90 00000000000000000000000001000000:C353"],
    [
      "2001:db8::1",
      "fe80::1:2%eth0",
      80,
      "B80D0120000000000000000001000000:1F90 000080FE000000000000000002000100:0050",
    ],
  ])("is what the kernel writes: %s from %s port %i", (local, remote, port, key) => {
    expect(connectionKey(end(local, remote, port))).toBe(key);
  });

  it("is none for a connection that is gone", () => {
    expect(connectionKey({} as Socket)).toBeNull();
  });
});

describe.skipIf(!isLinux)("the kernel's own word", () => {
  it.each(["127.0.0.1", "::1"])(
    "counts what the other end of a connection to %s does not read",
    async (host) => {
      const server = createServer({ pauseOnConnect: true }).listen(0, host);
      onTestFinished(() => void server.close());
      await once(server, "listening");
      const accepted = once(server, "connection");
      const socket = connect((server.address() as AddressInfo).port, host);
      await once(socket, "connect");
      const [other] = (await accepted) as [Socket];
      onTestFinished(() => void other.destroy());
      onTestFinished(() => void socket.destroy());
      socket.write(Buffer.alloc(8_000_000));
      const key = connectionKey(socket) ?? "";
      const tables = new Set([tcpTableOf(socket)]);
      await expect.poll(async () => (await readTcpQueues(tables)).get(key) ?? 0).toBeGreaterThan(10_000);
      other.resume();
      await expect.poll(async () => (await readTcpQueues(tables)).get(key) ?? 0).toBe(0);
    },
  );
});

it("reads a table to its end, and not on and on while connections come", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-tcp-"));
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "tcp");
  writeFileSync(path, ipv4);
  let added = 0;
  const come = () => {
    if (isOver || (added += 1) === 100) return;
    appendFileSync(path, ipv4);
    setImmediate(come);
  };
  setImmediate(come);
  const queues = new Map<string, number>();
  await readTable(path, 8, queues);
  expect(added).toBeLessThan(100);
  expect(queues.size).toBe(2);
});

/** Lines of so many connections, each of which owes its number. */
function tableOf(connections: number): string {
  const [heading = "", , line = ""] = ipv4.split("\n");
  const lines = Array.from({ length: connections }, (_, index) => {
    const owed = (index + 1).toString(16).toUpperCase().padStart(8, "0");
    const remote = `${owed}:C350`;
    return line.replace("0100007F:C350", remote).replace("0026A4F0", owed);
  });
  return `${[heading, ...lines].join("\n")}\n`;
}

async function readFrom(table: string): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-tcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tcp"), table);
  const queues = new Map<string, number>();
  await readTable(join(folder, "tcp"), 8, queues);
  return queues;
}

it("reads a long table in pieces, and no line is lost where they meet", async () => {
  const queues = await readFrom(tableOf(2000));
  expect([...queues.values()]).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
});

it("reads no more of a table than 8 MiB, and little more than that", async () => {
  const table = tableOf(70_000);
  const lineBytes = table.indexOf("\n", table.indexOf("\n") + 1) - table.indexOf("\n");
  const linesRead = (await readFrom(table)).size;
  expect(linesRead * lineBytes).toBeGreaterThan(8 * 1024 * 1024 - 1000);
  expect(linesRead * lineBytes).toBeLessThan(8 * 1024 * 1024 + 66_000);
});

it.each([
  ["there is no table", "/nowhere/tcp"],
  ["it cannot be read", tmpdir()],
])("is nothing where %s", async (_, path) => {
  const queues = new Map<string, number>();
  await readTable(path, 8, queues);
  expect(queues.size).toBe(0);
});
