import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openGate, urlWith } from "../../src/app/access.ts";
import { Failures } from "../../src/auth/rate-limit.ts";
import { accessOptions } from "../../src/settings/access-options.ts";
import { fallbacksOf } from "../../src/settings/read-options.ts";
import type { AccessSettings } from "../../src/settings/settings.ts";
import { request, TOKEN } from "../auth/requests.ts";

let folder: string;
let notices: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-access-"));
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(given: Partial<AccessSettings>, address: string, lasting = folder) {
  const defaults = fallbacksOf(accessOptions) as AccessSettings; // each of them has one
  return openGate({ ...defaults, ...given, tokenName: "garden" }, address, {
    env: { STATE_DIRECTORY: lasting },
    failures: new Failures(),
    onNotice: ({ text }) => notices.push(text),
  });
}

describe("a token is needed", () => {
  test.each<[given: Partial<AccessSettings>, address: string, isNeeded: boolean]>([
    [{}, "127.0.0.1", false],
    [{}, "::1", false],
    [{}, "0.0.0.0", true],
    [{}, "::", true],
    [{}, "192.168.1.7", true],
    [{ auth: "none" }, "0.0.0.0", false],
    [{ auth: "token" }, "127.0.0.1", true],
    [{ token: TOKEN }, "127.0.0.1", true],
    [{ allowedOrigins: "*" }, "127.0.0.1", true],
    [{ allowedOrigins: ["https://a.example"] }, "127.0.0.1", false],
    [{ auth: "none", allowedOrigins: "*" }, "127.0.0.1", false],
  ])("with %o at %s: %s", async (given, address, isNeeded) => {
    const { gate, token } = await open(given, address);
    expect(token !== null).toBe(isNeeded);
    expect(gate.judge(request(), "watch").kind).toBe(isNeeded ? "refused" : "admitted");
    expect(notices).toEqual([]);
  });
});

test("a token that is made is the same at the next start, and lets in", async () => {
  const { token, gate } = await open({}, "0.0.0.0");
  expect(token?.path).toBe(join(folder, "garden.token"));
  expect((await open({}, "0.0.0.0")).token).toEqual(token);
  const url = urlWith(token, "http://192.168.1.7:8080/live/garden.flv");
  expect(url).toBe(`http://192.168.1.7:8080/live/garden.flv?token=${token?.text}`);
  expect(gate.judge(request({}, { query: new URL(url).search.slice(1) }), "watch").kind).toBe("admitted");
});

test("one that is given is kept nowhere else", async () => {
  const path = join(folder, "token");
  writeFileSync(path, `${TOKEN}\n`, { mode: 0o600 });
  expect((await open({ token: TOKEN }, "0.0.0.0")).token).toEqual({ text: TOKEN, path: null });
  expect((await open({ tokenFile: path }, "0.0.0.0")).token).toEqual({ text: TOKEN, path });
  await expect(open({ token: "hunter2" }, "0.0.0.0")).rejects.toMatchObject({ reason: "usage" });
  expect(readdirSync(folder)).toEqual(["token"]);
});

test("one that cannot be kept serves until the end, and the operator hears of it", async () => {
  const inFile = join(folder, "file");
  writeFileSync(inFile, "");
  const { token } = await open({}, "0.0.0.0", inFile);
  expect(token?.path).toBeNull();
  expect(token?.text).toMatch(/^[a-z]+(?:-[a-z]+){4,}$/);
  expect(notices).toEqual([
    expect.stringMatching(
      /^cannot write to .*file \(\w+\), so the token and the URL will change at the next start$/,
    ),
  ]);
});

test("one that others could write is not believed", async () => {
  chmodSync(folder, 0o777);
  await expect(open({}, "0.0.0.0")).rejects.toMatchObject({ reason: "permission" });
  expect(notices).toEqual([]);
});

test("this machine's name leads here, and those that are given", async () => {
  const { gate } = await open({ publicHosts: ["cam.example"] }, "127.0.0.1");
  for (const host of [hostname(), `${hostname().split(".")[0]}.local`, "cam.example:80"])
    expect(gate.judge(request({ host }), "watch").kind).toBe("admitted");
  expect(gate.judge(request({ host: "evil.example" }), "watch").kind).toBe("refused");
});
