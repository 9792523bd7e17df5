import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { Connection } from "../../../src/media/rtmp/connection.ts";
import { bytes, hex } from "../fixture.ts";
import { handshake, limits, message, said, shown } from "./wire.ts";

function open(role: "server" | "client" = "server"): Connection {
  const connection = new Connection(role, limits);
  connection.push(handshake);
  connection.takeOutput();
  return connection;
}

/** Bytes of a message of 100 bytes that needs no answer. */
const filler = message(9, new Uint8Array(88));

describe("a connection", () => {
  it("announces a window of 2.5 MB and chunks of 65,536 bytes, and what the peer may send (5.4.1, 5.4.4, 5.4.5)", () => {
    const connection = open();
    connection.announce();
    connection.limitBandwidth();
    expect(hex(connection.takeOutput() ?? new Uint8Array(0))).toBe(
      [
        ...["02 000000 000004 05 00000000 002625a0", "02 000000 000004 01 00000000 00010000"],
        "02 000000 000005 06 00000000 002625a0 02",
      ]
        .join("")
        .replaceAll(" ", ""),
    );
    expect(connection.takeOutput()).toBeNull();
  });

  it("sends chunks of 128 bytes before that, and of 65,536 after it", () => {
    const connection = open();
    const long = { name: "x".repeat(200), transactionId: 0, values: [] }; // 203 bytes, and 9 of the number
    connection.command(long);
    expect(connection.takeOutput()).toHaveLength(12 + 212 + 1);
    connection.announce();
    connection.takeOutput();
    connection.command(long);
    expect(connection.takeOutput()).toHaveLength(12 + 212);
  });

  it("answers a ping with its time (7.1.7)", () => {
    const connection = open();
    expect(connection.push(message(4, bytes("0006 12345678")))).toEqual([]);
    expect(shown(said(connection.takeOutput()))).toEqual([[4, "000712345678"]]);
  });

  it("passes other events on, and a ping cut short", () => {
    const connection = open();
    expect(connection.push(message(4, bytes("0001 00000001")))).toHaveLength(1);
    expect(connection.push(message(4, bytes("0006 000000")))).toHaveLength(1);
    expect(connection.push(message(4, new Uint8Array(0)))).toHaveLength(1);
    expect(connection.takeOutput()).toBeNull();
  });

  it("acknowledges as often as the peer's window asks, with all bytes since the handshake (5.4.3)", () => {
    const connection = open();
    connection.push(filler);
    expect(connection.takeOutput()).toBeNull();
    connection.push(message(5, bytes("000000c8"))); // 200; 116 have come
    expect(connection.takeOutput()).toBeNull();
    connection.push(filler);
    expect(shown(said(connection.takeOutput()))).toEqual([[3, "000000d8"]]); // 216
    connection.push(filler);
    expect(connection.takeOutput()).toBeNull();
    connection.push(filler);
    expect(shown(said(connection.takeOutput()))).toEqual([[3, "000001a0"]]); // 416
  });

  it("acknowledges nothing where the window is 0", () => {
    const connection = open();
    connection.push(message(5, bytes("00000000")));
    connection.push(filler);
    expect(connection.takeOutput()).toBeNull();
  });

  it("answers another bandwidth with a window of that size, once (5.4.5)", () => {
    const connection = open();
    connection.announce();
    connection.takeOutput();
    connection.push(message(6, bytes("002625a0 02")));
    expect(connection.takeOutput()).toBeNull();
    connection.push(message(6, bytes("000c4b40 02")));
    expect(shown(said(connection.takeOutput()))).toEqual([[5, "000c4b40"]]);
    connection.push(message(6, bytes("000c4b40 00")));
    expect(connection.takeOutput()).toBeNull();
  });

  it("as a client asks for acknowledgements often, whatever the peer lets it send", () => {
    const connection = open("client");
    connection.push(message(6, bytes("004c4b40 02")));
    connection.announce();
    const all = hex(connection.takeOutput() ?? new Uint8Array(0));
    const window = "02000000000004050000000000010000";
    expect(all).toBe(`${window}${window}02000000000004010000000000010000`);
  });

  it("counts the peer's acknowledgements, which wrap, and does not answer them", () => {
    const connection = open();
    expect(connection.acknowledgements).toEqual({ count: 0, everyBytes: 0 });
    const acknowledge = (at: string) => connection.push(message(3, bytes(at)));
    expect(["00010000", "00018000", "ffff0000", "00000100"].flatMap(acknowledge)).toEqual([]);
    expect(connection.acknowledgements).toEqual({ count: 4, everyBytes: 0xffff_0000 - 0x1_8000 });
    expect(connection.takeOutput()).toBeNull();
  });

  it.each([3, 5, 6])("refuses a message of type %i without its size", (type) => {
    expect(() => open().push(message(type, bytes("000001")))).toThrow(
      new CorruptInputError("RTMP: a control message of 3 bytes, expected 4"),
    );
  });

  it("holds 256 KiB of answers that nobody takes, and no more", () => {
    const connection = open();
    const ping = message(4, bytes("0006 12345678")); // answered with 18 bytes
    const count = Math.floor((256 * 1024) / 18);
    connection.push(Buffer.concat(Array.from({ length: count }, () => ping)));
    expect(connection.takeOutput()).toHaveLength(18 * count);
    connection.push(Buffer.concat(Array.from({ length: count }, () => ping)));
    expect(() => connection.push(ping)).toThrow(
      new CorruptInputError("RTMP: more than 262144 bytes to answer"),
    );
  });
});
