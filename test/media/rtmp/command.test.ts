import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { decodeCommand, encodeCommand, object, textProperty } from "../../../src/media/rtmp/command.ts";
import { bytes, hex } from "../fixture.ts";

const nested = (depth: number) =>
  Buffer.concat([encodeAmf0("connect", 1), bytes("0a00000001".repeat(depth)), bytes("05")]);

function text(value: string): string {
  return textProperty(object(["d", value]), "d", 5);
}

describe("a command (7.2)", () => {
  it("is a name, a transaction id and values, in AMF 0", () => {
    const command = { name: "connect", transactionId: 1, values: [object(["app", "live"])] };
    const body = `02 0007 ${hex(Buffer.from("connect"))} 00 3ff0000000000000 03 0003 617070 02 0004 6c697665 0000 09`;
    expect(hex(encodeCommand(command))).toBe(body.replaceAll(" ", ""));
    expect(decodeCommand(bytes(body))).toEqual(command);
  });

  it("may lack the transaction id", () => {
    expect(decodeCommand(encodeAmf0("onBWDone"))).toEqual({ name: "onBWDone", transactionId: 0, values: [] });
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["a number", encodeAmf0(1, 2)],
  ])("begins with a name, not with %s", (_, body) => {
    expect(() => decodeCommand(body)).toThrow(new CorruptInputError("RTMP: a command without a name"));
  });

  it("is nested up to 8 deep", () => {
    expect(decodeCommand(nested(8)).name).toBe("connect");
    expect(() => decodeCommand(nested(9))).toThrow("AMF0: values nested deeper than 8");
  });

  it("is up to 64 KiB long", () => {
    const body = encodeAmf0("x", 1, "y".repeat(64 * 1024 - 4 - 9 - 5 - 3), null, null); // the text is short: 3 bytes before it
    expect(body).toHaveLength(64 * 1024 - 3);
    expect(decodeCommand(Buffer.concat([body, bytes("050505")])).values).toHaveLength(6);
    expect(() => decodeCommand(Buffer.concat([body, bytes("05050505")]))).toThrow(
      "AMF0: 65537 bytes at offset 0, expected at most 65536",
    );
  });
});

describe("a property", () => {
  it("as a text loses what is not to be printed, and what is too long", () => {
    expect(text("ab\u0000\u001b[c\n\u0085\u202e\u2028d")).toBe("ab[cd");
    expect(text("é😀x".repeat(3))).toBe("é😀xé😀");
    expect(textProperty(object(["d", 5]), "d", 5)).toBe("");
  });
});
