import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StaticFiles } from "../../../src/server/files/static-files.ts";
import { Served, ways } from "../served.ts";

let folder: string;
let www: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-www-"));
  www = join(folder, "www");
  mkdirSync(join(www, "sub", ".hidden"), { recursive: true });
  mkdirSync(join(www, "empty"));
  mkdirSync(join(folder, "www-beside"));
  for (const [name, text] of [
    ["www/index.html", "<p>home</p>"],
    ["www/player.js", "play()"],
    ["www/a b.txt", "0123456789"],
    ["www/%2e%2e.txt", "odd"],
    ["www/sub/index.html", "<p>sub</p>"],
    ["www/empty.js", ""],
    ["www/icon.ICO", "icon"],
    ["www/name.constructor", "bytes"],
    ["www/.env", "secret"],
    ["www/sub/.hidden/x.txt", "secret"],
    ["secret.txt", "secret"],
    ["www-beside/secret.txt", "secret"],
  ] as const)
    writeFileSync(join(folder, name), text);
  symlinkSync("player.js", join(www, "link.js"));
  symlinkSync("../secret.txt", join(www, "out.txt"));
  symlinkSync("..", join(www, "up"));
  symlinkSync("../www-beside", join(www, "beside"));
  symlinkSync(".env", join(www, "env.txt"));
  symlinkSync("/etc/passwd", join(www, "passwd"));
  execFileSync("mkfifo", [join(www, "pipe")]);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(ways)("files over $way", ({ isTls }) => {
  let served: Served;

  beforeAll(async () => {
    served = await Served.start(isTls, { www });
  });

  afterAll(() => served.stop());

  const get = (path: string, headers = "", method = "GET") =>
    served
      .request(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`)
      .closed();

  it.each([
    ["/", "text/html; charset=utf-8", "<p>home</p>"],
    ["/index.html?x=1", "text/html; charset=utf-8", "<p>home</p>"],
    ["/player.js", "text/javascript; charset=utf-8", "play()"],
    ["/link.js", "text/javascript; charset=utf-8", "play()"],
    ["/a%20b.txt", "text/plain; charset=utf-8", "0123456789"],
    ["/%252e%252e.txt", "text/plain; charset=utf-8", "odd"],
    ["/sub/", "text/html; charset=utf-8", "<p>sub</p>"],
    ["/empty.js", "text/javascript; charset=utf-8", ""],
    ["/icon.ICO", "image/x-icon", "icon"],
    ["/name.constructor", "application/octet-stream", "bytes"],
  ])("are served with their type: %s", async (path, type, text) => {
    const client = await get(path);
    expect([client.status, client.header("content-type"), client.body]).toEqual([200, type, text]);
    expect(client.header("x-content-type-options")).toBe("nosniff");
  });

  it.each([
    ...[
      "/.env",
      "/sub/.hidden/x.txt",
      "/.",
      "/..",
      "/../secret.txt",
      "/sub/../../secret.txt",
      "//etc/passwd",
    ],
    ...[
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/%252e%252e%252fsecret.txt",
      "/..%5csecret.txt",
      "/.%00/x",
    ],
    ...["/out.txt", "/up/secret.txt", "/up/www/.env", "/beside/secret.txt", "/env.txt", "/passwd", "/pipe"],
    ...[
      "/empty/",
      "/empty",
      "/nothing",
      "/player.js/",
      "/player.js/x",
      "/%ff",
      "/index.html%00.txt",
      "/../www-beside/secret.txt",
    ],
  ])("are not served: %s", async (path) => {
    const client = await get(path);
    expect([400, 404]).toContain(client.status);
    expect(client.text).not.toContain("secret\n");
    expect(client.body).not.toContain("root:");
  });

  it("have ranges", async () => {
    const part = await get("/a%20b.txt", "Range: bytes=2-4\r\n");
    expect([part.status, part.header("content-range"), part.body]).toEqual([206, "bytes 2-4/10", "234"]);
    const beyond = await get("/a%20b.txt", "Range: bytes=90-\r\n");
    expect([beyond.status, beyond.header("content-range")]).toEqual([416, "bytes */10"]);
    const many = await get("/a%20b.txt", `Range: bytes=${"0-1,".repeat(1000)}0-1\r\n`);
    expect([many.status, many.body]).toEqual([200, "0123456789"]);
  });

  it.each(["bytes=0-1,3-4", "bytes=-", "bytes=a-b", "lines=0-1", "0-1"])(
    "ignore a Range of %s",
    async (range) => {
      const client = await get("/a%20b.txt", `Range: ${range}\r\n`);
      expect([client.status, client.header("content-range"), client.body]).toEqual([200, null, "0123456789"]);
    },
  );

  it.each([
    ["/a%20b.txt", "bytes=7-", 206, "bytes 7-9/10", "789"],
    ["/a%20b.txt", "bytes=-3", 206, "bytes 7-9/10", "789"],
    ["/a%20b.txt", "bytes=-99", 206, "bytes 0-9/10", "0123456789"],
    ["/a%20b.txt", "bytes=8-99999999999999999999", 206, "bytes 8-9/10", "89"],
    ["/a%20b.txt", "bytes=-0", 416, "bytes */10", ""],
    ["/a%20b.txt", "bytes=4-2", 200, null, "0123456789"],
    ["/empty.js", "bytes=0-", 416, "bytes */0", ""],
  ])("of %s has %s: %d", async (path, range, status, contentRange, body) => {
    const client = await get(path, `Range: ${range}\r\n`);
    expect([client.status, client.header("content-range"), client.body]).toEqual([
      status,
      contentRange,
      body,
    ]);
  });

  it("answer HEAD without a body, and are only read", async () => {
    const head = await get("/player.js", "", "HEAD");
    expect([head.status, head.header("content-length"), head.body]).toEqual([200, "6", ""]);
    expect((await get("/player.js", "", "POST")).status).toBe(405);
    expect((await get("/player.js", "", "OPTIONS")).status).toBe(204);
  });

  it("of a folder's name lead to the folder", async () => {
    const client = await get("/sub?x=1");
    expect([client.status, client.header("location")]).toEqual([308, "./sub/"]);
  });

  it("do not hide the stream", async () => {
    expect((await get("/live/cam.flv", "", "HEAD")).header("content-type")).toBe("video/x-flv");
    expect((await get("/live/other.flv")).status).toBe(404);
  });
});

it("a folder that is none is refused at the start", () => {
  expect(() => new StaticFiles("/nowhere/www")).toThrow(
    /^cannot serve --www \/nowhere\/www: no such folder$/,
  );
  expect(() => new StaticFiles(join(www, "player.js"))).toThrow(/is not a folder$/);
});

it("a folder below a file is refused with the system's words", () => {
  expect(() => new StaticFiles(join(www, "player.js", "x"))).toThrow(/^cannot serve --www .*: ENOTDIR/);
});

it("a file that goes between its finding and its sending is not there", () => {
  const path = join(www, "short-lived.txt");
  writeFileSync(path, "text");
  const file = new StaticFiles(www).find("/short-lived.txt");
  rmSync(path);
  expect(file?.({ isHead: false }, { Vary: "Origin" })).toMatchObject({
    ...{ status: 404, headers: { Vary: "Origin" } },
  });
});

it("the whole file system may be served", () => {
  const path = realpathSync(join(www, "player.js"));
  const answer = new StaticFiles("/").find(path)?.({ isHead: true }, {});
  expect(answer).toMatchObject({ status: 200, headers: { "Content-Length": "6" } });
});

it("a file may be kept, but is asked for each time", () => {
  const { mtime } = statSync(join(www, "player.js"));
  const answer = new StaticFiles(www).find("/player.js")?.({ isHead: true }, {});
  expect(answer?.headers).toMatchObject({
    ...{ "Cache-Control": "no-cache", "Last-Modified": mtime.toUTCString() },
  });
});
