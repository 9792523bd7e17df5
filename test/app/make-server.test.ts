import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeServer, type Serving } from "../../src/app/make-server.ts";
import type { LogEvent } from "../../src/log.ts";
import { openGate } from "../server/open-gate.ts";
import { RawClient } from "../server/raw-client.ts";
import { nameAt } from "../server/served.ts";
import { piped } from "./piped-stream.ts";

let folder: string;
let notices: LogEvent[];
let serving: Serving | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-server-"));
  notices = [];
  serving = null;
});
afterEach(async () => {
  vi.useRealTimers();
  serving?.certificate?.close();
  await serving?.server.close(0);
  rmSync(folder, { recursive: true });
});

async function make(files: { readonly tlsCert: string; readonly tlsKey: string } | null = null) {
  const settings = { ...piped().server, ...files, maxViewers: 10 };
  serving = await makeServer(settings, (event) => notices.push(event));
  return serving;
}

const put = (name: string, from: string) => copyFileSync(`test/fixtures/tls/${from}`, join(folder, name));

function certificate() {
  put("cert.pem", "cert.pem");
  put("key.pem", "key.pem");
  return { tlsCert: join(folder, "cert.pem"), tlsKey: join(folder, "key.pem") };
}

test("without a certificate it is HTTP", async () => {
  expect(await make()).toMatchObject({ scheme: "http", certificate: null });
});

test.each([
  ["HTTP", false],
  ["HTTPS", true],
])(
  "a bug that costs a request of %s is told with its place, and without the request's query",
  async (_way, isTls) => {
    const { server } = await make(isTls ? certificate() : null);
    server.setGate(openGate);
    const failures = [new Error("streams are gone"), Object.assign(new Error("no stack"), { stack: "none" })];
    server.setStreams(() => {
      throw failures.shift();
    });
    const port = await server.listen("127.0.0.1", 0);
    const ask = () =>
      new RawClient({ port, isTls }, "GET /api/v1/streams?token=secret HTTP/1.0\r\n\r\n").closed();
    expect([(await ask()).status, (await ask()).status]).toEqual([500, 500]);
    const bug = "internal error in GET /api/v1/streams, please report it: ";
    expect(notices).toMatchObject([
      {
        ...{ level: "error", event: "request-failed" },
        text: expect.stringMatching(new RegExp(`^${bug}streams are gone at .+make-server\\.test\\.ts`)),
        fields: { request: "GET /api/v1/streams", stack: expect.stringContaining("    at ") },
      },
      { text: `${bug}no stack ` },
    ]);
  },
);

test("a certificate out of its time is used, and complained of", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2900-01-01") });
  await make(certificate());
  expect(notices).toMatchObject([
    {
      event: "certificate-not-valid",
      text: expect.stringMatching(/^--tls-cert .*cert\.pem: the certificate expired/),
    },
  ]);
});

test("a certificate that is renewed is served, and one that does not serve is not", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { server, scheme } = await make(certificate());
  const port = await server.listen("127.0.0.1", 0);
  expect([scheme, notices, await nameAt(port)]).toEqual(["https", [], "localhost"]);
  put("cert.pem", "other-cert.pem");
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => notices.length).toBe(1);
  put("key.pem", "other-key.pem");
  vi.advanceTimersByTime(60_000);
  await expect.poll(() => notices.length).toBe(2);
  expect(notices).toMatchObject([
    {
      level: "warning",
      event: "certificate-unusable",
      text: expect.stringMatching(/^still using the previous certificate: .*does not match/),
    },
    { level: "notice", event: "certificate-reloaded" },
  ]);
  expect(await nameAt(port)).toBe("other");
});
