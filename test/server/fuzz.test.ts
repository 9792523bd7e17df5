import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../outputs/live/fakes.ts";
import type { RawClient } from "./raw-client.ts";
import { hasOpening, Served, ways } from "./served.ts";

const whole = Buffer.from(
  "GET /live/cam.flv?token=x HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc",
  "latin1",
);

/** Bytes that are somewhere in a request replaced, taken out or put in. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat(whole.length),
      removed: fc.nat(4),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc.constantFrom(
          "\r\n",
          "\0",
          "..",
          "%00",
          "/",
          "\n",
          ":",
          " ",
          "\r\n\r\n",
          "HTTP/1.1",
          "Transfer-Encoding: chunked\r\n",
        ),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((edits) =>
    edits.reduce<Buffer>(
      (text, { at, removed, bytes }) =>
        Buffer.concat([
          text.subarray(0, at),
          Buffer.from(bytes as string, "latin1"),
          text.subarray(at + removed),
        ]),
      whole,
    ),
  );
const anything = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  mutated,
  fc.webPath().map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, "latin1")),
);

describe.each(ways)("whatever comes in over $way", ({ isTls }) => {
  let served: Served;
  let healthy: RawClient;

  beforeAll(async () => {
    served = await Served.start(isTls, { limits: { headTimeoutMs: 500, maxIdlePerNetwork: 10_000 } });
    healthy = await served.get("/live/cam.flv").until(hasOpening);
  });

  afterAll(() => served.stop());

  it("is answered as HTTP has it or cut off, and a viewer beside is served on", async () => {
    const splits = fc.array(fc.nat(400), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(anything, splits, async (bytes, at) => {
        const client = served.request("");
        const parts = [0, ...at.filter((end) => end < bytes.length).toSorted((a, b) => a - b)];
        client.socket.once(isTls ? "secureConnect" : "connect", () => {
          for (const [index, begin] of parts.entries())
            setTimeout(() => client.socket.write(bytes.subarray(begin, parts[index + 1])), index);
          setTimeout(() => client.socket.end(), parts.length);
        });
        await client.closed();
        expect(client.text).toMatch(/^$|^HTTP\/1\.1 (200|204|303|4\d\d|50[135]) /);
      }),
      { numRuns: 300 },
    );
    const { length } = healthy.chunks;
    send(served.hub, "delta@40");
    await healthy.until(({ chunks }) => chunks.length > length);
    await expect.poll(() => served.hub.viewerCount).toBe(1);
  });
});
