import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { frameMessage } from "../../../src/media/rtmp/chunk-writer.ts";
import { type ClientEvent, ClientSession } from "../../../src/media/rtmp/client-session.ts";
import { type ServerEvent, ServerSession } from "../../../src/media/rtmp/server-session.ts";
import { parseRtmpUrl } from "../../../src/media/rtmp/url.ts";
import { inPieces, isResultOrCorrupt, md5 } from "../fixture.ts";
import { handshake, message } from "./wire.ts";

/** A client and a server whose bytes go to each other in pieces of these sizes. */
function pair(role: "publish" | "play", sizes: readonly number[]) {
  const url = parseRtmpUrl("rtmp://host/live/cam?key=SECRET");
  if (url === null) throw new Error("expected an address");
  const client = new ClientSession({ url, role, program: "flvcast" });
  const server = new ServerSession();
  const clientEvents: ClientEvent[] = [];
  const serverEvents: ServerEvent[] = [];
  const toServer = (bytes: Uint8Array | null) => {
    for (const piece of inPieces(bytes ?? new Uint8Array(0), sizes)) serverEvents.push(...server.push(piece));
  };
  const exchange = () => {
    for (let sent: Uint8Array | null = client.takeOutput(); sent !== null; sent = client.takeOutput()) {
      toServer(sent);
      for (const piece of inPieces(server.takeOutput() ?? new Uint8Array(0), sizes))
        clientEvents.push(...client.push(piece));
    }
  };
  exchange();
  return { client, server, clientEvents, serverEvents, toServer, exchange };
}

/** The answer's way back, after `accept` or `refuse`. */
function deliver({ client, server, clientEvents }: ReturnType<typeof pair>): void {
  clientEvents.push(...client.push(server.takeOutput() ?? new Uint8Array(0)));
}

const timestampMs = fc.oneof(
  fc.nat(5000),
  fc.integer({ min: 0xff_fff0, max: 0x100_0010 }),
  fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff }),
);
const short = fc.uint8Array({ minLength: 1, maxLength: 300 });
const media: fc.Arbitrary<FlvMessage[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom(TagType.audio, TagType.script), timestampMs, body: short }),
    // Around the size of a chunk.
    fc.record({
      type: fc.constant(TagType.video),
      timestampMs,
      body: fc.integer({ min: 65_530, max: 65_540 }).map((length) => new Uint8Array(length).fill(length)),
    }),
  ),
  { maxLength: 5 },
);

function shown({ type, timestampMs: atMs, body }: FlvMessage): string {
  return `${type} at ${atMs}: ${body.length} bytes, ${md5(body)}`;
}

describe("a client and a server", () => {
  it("agree, and every message arrives as it was sent, in any pieces", () => {
    fc.assert(
      fc.property(
        media,
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 9 }),
        (messages, sizes) => {
          const both = pair("publish", sizes);
          expect(both.serverEvents).toMatchObject([
            { kind: "publish", request: { app: "live", name: "cam", program: "flvcast" } },
          ]);
          both.server.accept();
          deliver(both);
          expect(both.clientEvents).toEqual([{ kind: "ready" }]);
          both.serverEvents.length = 0;
          for (const one of messages) both.toServer(frameMessage(one, both.client.streamId));
          both.client.end();
          both.exchange();
          const sent = messages.map(shown);
          const come = both.serverEvents.map((event) =>
            event.kind === "message" ? shown(event.message) : event.kind,
          );
          expect(come).toEqual([...sent, "unpublish"]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("part with the server's words", () => {
    const both = pair("publish", [4096]);
    both.server.refuse("NetStream.Publish.Denied", "Wrong stream name or key");
    deliver(both);
    expect(both.clientEvents).toEqual([
      {
        kind: "refused",
        code: "NetStream.Publish.Denied",
        description: "Wrong stream name or key",
        redirect: null,
      },
    ]);
  });

  it("part at once where the client asks to play", () => {
    const both = pair("play", [4096]);
    expect(both.clientEvents).toMatchObject([{ kind: "refused", code: "NetStream.Play.Failed" }]);
    expect(both.serverEvents).toEqual([]);
  });
});

describe("whatever comes behind the handshake,", () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc
      .array(
        fc.record({
          type: fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 15, 17, 18, 20, 22), fc.nat(255)),
          body: fc.uint8Array({ maxLength: 200 }),
          chunkStream: fc.integer({ min: 2, max: 63 }),
        }),
        { maxLength: 20 },
      )
      .map((list) =>
        Buffer.concat(list.map(({ type, body, chunkStream }) => message(type, body, { chunkStream }))),
      ),
  );

  it("both sides read it, or say that it is corrupt", () => {
    fc.assert(
      fc.property(noise, fc.boolean(), (bytes, isAccepted) => {
        const both = pair("publish", [65_536]);
        if (isAccepted) both.server.accept();
        const played = pair("play", [65_536]);
        for (const side of [both.server, both.client, played.client])
          expect(isResultOrCorrupt(() => side.push(bytes))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("and within it, too", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (bytes) => {
        const start = Buffer.concat([handshake.subarray(0, 1 + (bytes[0] ?? 0)), bytes]);
        for (const said of [start, bytes])
          expect(isResultOrCorrupt(() => new ServerSession().push(said))).toBe(true);
      }),
    );
  });
});
