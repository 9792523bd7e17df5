import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { Handshake } from "../../../src/media/rtmp/handshake.ts";
import { inPieces } from "../fixture.ts";

/** Version, and bytes of which each is another. */
const greeting = Uint8Array.from({ length: 1537 }, (_, index) => (index === 0 ? 3 : index % 251));
const echo = new Uint8Array(1536).fill(9);

/** What a side says to these chunks, and how many bytes of them it takes. */
function shake(role: "server" | "client", chunks: Iterable<Uint8Array>) {
  const handshake = new Handshake(role);
  const said: Uint8Array[] = [];
  let taken = 0;
  for (const chunk of chunks)
    taken += handshake.push(chunk, (part) => {
      said.push(part);
    });
  return { said: Buffer.concat(said), taken, isDone: handshake.isDone };
}

describe("the handshake (5.2)", () => {
  it("begins with version 3, a time and zeros of 4 bytes, and 1528 random ones", () => {
    const [first, second] = [Handshake.greeting(), Handshake.greeting()];
    expect(first).toHaveLength(1537);
    expect([...first.subarray(0, 9)]).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Buffer.compare(first, second)).not.toBe(0);
  });

  it("of a server answers C0 and C1 with S0, S1 and S2: its own bytes, and an echo of C1", () => {
    const { said, isDone } = shake("server", [greeting]);
    expect(said).toHaveLength(1537 + 1536);
    expect(said[0]).toBe(3);
    expect(Buffer.compare(said.subarray(1537), greeting.subarray(1))).toBe(0);
    expect(isDone).toBe(false);
  });

  it("of a client answers S0 and S1 with C2 alone", () => {
    const { said } = shake("client", [greeting]);
    expect(Buffer.compare(said, greeting.subarray(1))).toBe(0);
  });

  it("says nothing before the last byte of it", () => {
    expect(shake("server", [greeting.subarray(0, 1536)]).said).toHaveLength(0);
  });

  it.each(["server", "client"] as const)(
    "of a %s leaves what follows it, wherever the bytes are cut",
    (role) => {
      const whole = Buffer.concat([greeting, echo]);
      const stream = Buffer.concat([whole, Uint8Array.of(1, 2, 3)]);
      const wrong: number[] = [];
      for (let at = 1; at < stream.length; at++) {
        const { said, taken, isDone } = shake(role, [stream.subarray(0, at), stream.subarray(at)]);
        if (taken !== whole.length || !isDone || said.length !== (role === "server" ? 3073 : 1536))
          wrong.push(at);
      }
      expect(wrong).toEqual([]);
      expect(shake(role, inPieces(whole, [1]))).toMatchObject({ taken: whole.length, isDone: true });
      expect(shake(role, inPieces(whole.subarray(0, -1), [1]))).toMatchObject({ isDone: false });
    },
  );

  it.each([
    ["an HTTP request", Buffer.from("GET /live/cam.flv HTTP/1.1\r\n"), "version 71 (HTTP?)"],
    ["the first capital letter", Uint8Array.of(0x41), "version 65 (HTTP?)"],
    ["the last one", Uint8Array.of(0x5a), "version 90 (HTTP?)"],
    ["what follows them", Uint8Array.of(0x5b), "version 91"],
    ["TLS", Uint8Array.of(0x16, 3, 1), "version 22 (TLS?)"],
    ["RTMPE", Uint8Array.of(6), "version 6 (RTMPE?)"],
    ["anything else", Uint8Array.of(0xff, 3), "version 255"],
  ])("refuses %s at its first byte", (_, bytes, version) => {
    const message = `RTMP: a handshake of ${version}, expected 3`;
    expect(() => shake("server", [bytes])).toThrow(new CorruptInputError(message));
    expect(() => shake("client", [bytes.subarray(0, 1)])).toThrow(new CorruptInputError(message));
  });
});
