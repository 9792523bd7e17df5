import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AuthGate } from "../../../src/auth/gate.ts";
import type { StreamStatus } from "../../../src/stream.ts";
import { FakeStream } from "../fake-stream.ts";
import { Served } from "../served.ts";

const TOKEN = "right-token-0123456789ab";
const rules = { token: TOKEN, allowedOrigins: [], ourNames: [], trustedProxies: [] } as const;
const SINCE = "2026-05-01T00:26:40.000Z";

let served: Served;
let stream: FakeStream;
beforeAll(async () => {
  served = await Served.start(false, { gate: new AuthGate(rules) });
});
beforeEach(() => {
  stream = new FakeStream();
  stream.current = { ...stream.current, sinceMs: Date.parse(SINCE) };
  served.server.setStreams(() => [stream]);
});
afterAll(() => served.stop());

async function ask(path: string): Promise<readonly [number, string]> {
  const response = await fetch(`http://127.0.0.1:${served.port}${path}`);
  return [response.status, await response.text()];
}

it("the process is well as long as it answers, whoever asks", async () => {
  stream.current = { ...stream.current, state: "waiting" };
  expect(await ask("/healthz")).toEqual([200, "ok\n"]);
});

describe("readiness", () => {
  it("is told to everyone, and what is wrong to those who may watch", async () => {
    expect(await ask("/readyz")).toEqual([200, "ready\n"]);
    stream.current = { ...stream.current, state: "waiting", reason: "deviceAbsent" };
    expect(await ask("/readyz")).toEqual([503, "not ready\n"]);
    expect(await ask(`/readyz?token=${TOKEN}`)).toEqual([
      503,
      `not ready\ncam is waiting since ${SINCE}: deviceAbsent\n`,
    ]);
  });

  const [camera, microphone] = new FakeStream().current.inputs;
  const lost = (input = camera) => (input === undefined ? [] : [{ ...input, state: "waiting" as const }]);
  const well = microphone === undefined ? [] : [microphone];
  it.each<[StreamStatus["state"], string, StreamStatus["inputs"], number]>([
    ["starting", "nothing that came yet", [], 503],
    ["on-air", "all inputs", well, 200],
    ["idle", "a viewer who will come", [], 200],
    ["degraded", "one of two inputs", [...lost(), ...well], 200],
    ["degraded", "no input left", [...lost(), ...lost(microphone)], 503],
    ["ended", "its end", [], 503],
  ])("of a stream that is %s with %s", async (state, _what, inputs, status) => {
    stream.current = { ...stream.current, state, inputs };
    expect((await ask("/readyz"))[0]).toBe(status);
  });

  it("is none of a stream whose address is gone, and that is why", async () => {
    stream.current = { ...stream.current, isReachable: false, reason: "addressUnavailable" };
    expect(await ask(`/readyz?token=${TOKEN}`)).toEqual([
      503,
      `not ready\ncam is on-air since ${SINCE}: addressUnavailable\n`,
    ]);
  });

  it("of a server without streams is none", async () => {
    served.server.setStreams(() => []);
    expect(await ask("/readyz")).toEqual([503, "not ready\n"]);
  });

  it("takes all channels", async () => {
    const other = new FakeStream();
    other.current = { ...other.current, name: "other", state: "waiting" };
    served.server.setStreams(() => [stream, other]);
    expect((await ask("/readyz"))[0]).toBe(503);
  });
});
