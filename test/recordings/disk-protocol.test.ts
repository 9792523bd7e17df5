import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeObject, encodeTags, MessageReader } from "../../src/recordings/disk-protocol.ts";

const tags = fc.record({
  segment: fc.nat(),
  keyAt: fc.option(fc.nat()),
  keyMs: fc.nat(),
  endMs: fc.nat(),
});
const messages = fc.array(
  fc.oneof(
    fc.record({ tags, data: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({
      object: fc.record({ op: fc.string(), ü: fc.nat() }),
      data: fc.uint8Array({ maxLength: 40 }),
    }),
  ),
  { maxLength: 5 },
);

function encoded(message: object & { readonly data: Uint8Array }): Buffer {
  return "tags" in message
    ? encodeTags(message.tags as never, [message.data.subarray(0, 3), message.data.subarray(3)])
    : encodeObject((message as unknown as { readonly object: object }).object, message.data);
}

function read(chunks: readonly Buffer[]) {
  const heard: object[] = [];
  const reader = new MessageReader({
    onTags: (taken, data) => heard.push({ tags: taken, data: Uint8Array.from(data) }),
    onObject: (object, data) => heard.push({ object, data: Uint8Array.from(data) }),
  });
  for (const chunk of chunks) reader.push(chunk);
  return heard;
}

it("reads what was written, wherever it is cut", () => {
  fc.assert(
    fc.property(messages, (sent) => {
      const whole = Buffer.concat(sent.map(encoded));
      expect(read([whole])).toEqual(sent);
      for (let at = 0; at <= whole.length; at++)
        expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual(sent);
      expect(read(Array.from(whole, (byte) => Buffer.of(byte)))).toEqual(sent);
    }),
    { numRuns: 30 },
  );
});

it("refuses what would fill the memory", () => {
  expect(() => read([Buffer.from("7fffffff7fffffff", "hex")])).toThrow("a message of 4294967302 bytes");
});
