import { closeSync, openSync, readSync } from "node:fs";
import { isIPv6, type Socket } from "node:net";
import { endianness } from "node:os";
import { setImmediate } from "node:timers/promises";

/** Bytes that the other end of a connection has not acknowledged, by `connectionKey`; who owes nothing is left out. */
export type TcpQueues = ReadonlyMap<string, number>;

/** The kernel's table of a connection's address family. */
export type TcpTable = "tcp" | "tcp6";

export function tcpTableOf({ localAddress }: Socket): TcpTable {
  return localAddress !== undefined && isIPv6(localAddress) ? "tcp6" : "tcp";
}

/** What the kernel calls both ends of a connection: the two address columns of /proc/net/tcp. */
export function connectionKey({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | null {
  if (localAddress === undefined || localPort === undefined) return null;
  if (remoteAddress === undefined || remotePort === undefined) return null;
  return `${hexEnd(localAddress, localPort)} ${hexEnd(remoteAddress, remotePort)}`;
}

const digitsOf = { tcp: 8, tcp6: 32 } as const;

/**
 * Looks at the unacknowledged bytes of every TCP connection in these tables; empty where the system does not tell, as
 * without /proc. The kernel walks all that it knows of connections for each table, which takes milliseconds even where there
 * is one. Read in pieces, with other work between them: each connection is 150 bytes more.
 */
export async function readTcpQueues(tables: ReadonlySet<TcpTable>): Promise<TcpQueues> {
  const queues = new Map<string, number>();
  for (const table of tables) await readTable(`/proc/net/${table}`, digitsOf[table], queues);
  return queues;
}

/** Some 400 connections: a millisecond. */
const PIECE_BYTES = 65_536;
/** Some 50,000 connections: viewers beyond those are seen as up to date. */
const MAX_TABLE_BYTES = 8 * 1024 * 1024;

/** Adds what a table says when it is read once, whatever comes behind its end meanwhile. */
export async function readTable(
  path: string,
  addressDigits: 8 | 32,
  queues: Map<string, number>,
): Promise<void> {
  const file = openTable(path);
  if (file === null) return;
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let restBytes = 0; // of a line that the last piece has cut
    for (let readBytes = 0; readBytes < MAX_TABLE_BYTES; ) {
      const filledBytes = fill(file, piece, restBytes);
      readBytes += filledBytes - restBytes;
      const linesEnd = addQueues(piece.subarray(0, filledBytes), addressDigits, queues);
      if (filledBytes < piece.length) return; // beyond its end, a table to which connections come goes on and on
      restBytes = piece.copy(piece, 0, linesEnd, filledBytes);
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}

function openTable(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null; // no Linux, no /proc, no IPv6
  }
}

/** Reads on until the piece is full or the table ends, a page at a time as the kernel gives it; how far it is filled. */
function fill(file: number, piece: Buffer, fromBytes: number): number {
  let filledBytes = fromBytes;
  while (filledBytes < piece.length) {
    const bytes = readSome(file, piece, filledBytes);
    if (bytes === 0) break;
    filledBytes += bytes;
  }
  return filledBytes;
}

/** 0 at the end, and where the kernel cannot tell, as when it has no memory for it. */
function readSome(file: number, piece: Buffer, fromBytes: number): number {
  try {
    return readSync(file, piece, fromBytes, piece.length - fromBytes, null);
  } catch {
    return 0;
  }
}

/**
 * Adds what lines of such a table tell, proc_pid_net(5): `sl: local_address remote_address st tx_queue:rx_queue …`, an
 * address being `addressDigits` hex digits, a colon and four digits of the port. Nearly all of them owe nothing, so that
 * is seen by their bytes; the heading has no ": ". Returns where the last whole line ends.
 */
export function addQueues(lines: Buffer, addressDigits: 8 | 32, queues: Map<string, number>): number {
  const endDigits = addressDigits + ":0000".length;
  let line = 0;
  for (let end = lines.indexOf("\n"); end >= 0; end = lines.indexOf("\n", line)) {
    const ends = lines.indexOf(": ", line) + 2;
    const queue = ends + endDigits + 1 + endDigits + " 01 ".length;
    if (ends < end && !isZero(lines, queue)) {
      const bytes = Number.parseInt(lines.toString("latin1", queue, queue + 8), 16);
      if (bytes > 0) queues.set(lines.toString("latin1", ends, ends + endDigits + 1 + endDigits), bytes);
    }
    line = end + 1;
  }
  return line;
}

const ZERO = 0x30;

function isZero(table: Buffer, at: number): boolean {
  for (let index = at; index < at + 8; index++) if (table[index] !== ZERO) return false;
  return true;
}

function hexEnd(address: string, port: number): string {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split(".").map(Number));
  // The kernel prints each 32 bits, which are in network order, as a number of this machine.
  if (endianness() === "LE") bytes.swap32();
  return `${bytes.toString("hex")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = hexGroups(address.replace(/%.*/, "")).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const groups = [...before, ...zeros, ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** `::ffff:127.0.0.1` is `::ffff:7f00:1`. */
function hexGroups(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}
