import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { run } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { type Program, start, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

const small = ["--device", "test", "--size", "320x240", "--fps", "25", "--port", "0"] as const;
const folder = makeFolder();
const tls = "test/fixtures/tls";
const [certPath, keyPath, www] = ["cert.pem", "key.pem", "www"].map((name) => folder.file(name)) as [
  string,
  string,
  string,
];

beforeAll(() => {
  copyFileSync(`${tls}/cert.pem`, certPath);
  copyFileSync(`${tls}/key.pem`, keyPath);
  mkdirSync(www);
  writeFileSync(join(www, "index.html"), "<p>home</p>");
});

afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** What curl writes into a file within some seconds, and what it says of the response. */
async function curl(
  name: string,
  args: readonly string[],
): Promise<{ readonly path: string; readonly said: string }> {
  const path = folder.file(name);
  const { stdout } = await run(
    ["curl", "--silent", "--insecure", "--max-time", "3", "--output", path].concat([
      ...["--write-out", "%{http_version} %{http_code} %{content_type}", ...args],
    ]),
  );
  return { path, said: stdout };
}

const videoAndAudio = [
  expect.objectContaining({ codec_name: "h264", width: 320, height: 240 }),
  expect.objectContaining({ codec_name: "aac" }),
];

describe("a stream over HTTPS", () => {
  let program: Program;
  let url: string;

  beforeAll(async () => {
    program = start([...small, "--tls-cert", certPath, "--tls-key", keyPath, "--www", www, "--verbose"], {
      patienceMs: 90_000,
    });
    url = await program.firstLine();
  });

  it("has an https URL", () => {
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/live\/test\.flv$/);
  });

  it("is what ffprobe expects, over HTTP/1.1", async () => {
    const { stdout } = await run([
      "ffprobe",
      "-v",
      "error",
      "-tls_verify",
      "0",
      "-show_entries",
      "stream=codec_name",
      "-of",
      "csv=p=0",
      url,
    ]);
    expect(stdout.trim().split("\n").toSorted()).toEqual(["aac", "h264"]);
  });

  it.each([
    ["HTTP/1.1, where the client offers h2 as well", "1.1", ["--http2"]],
    ["HTTP/1.1", "1.1", ["--http1.1"]],
    ["HTTP/1.0", "1.1", ["--http1.0"]],
  ])("decodes without an error over %s", async (name, version, args) => {
    const { path, said } = await curl(`${name.replace("/", "-")}.flv`, [...args, url]);
    expect(said).toBe(`${version} 200 video/x-flv`);
    expect(await probeStreams(path)).toEqual(expect.arrayContaining(videoAndAudio));
    writeFileSync(path, wholeTags(readFileSync(path)));
    expect(await decodeComplaints(path)).toBe("");
  });

  it("decodes without an error over WebSocket", async () => {
    const path = folder.file("websocket.flv");
    const messages: Buffer[] = [];
    const socket = new WebSocket(url.replace("https", "wss"), { rejectUnauthorized: false });
    socket.on("message", (data: Buffer) => messages.push(data));
    await expect.poll(() => messages.length, { timeout: 15_000 }).toBeGreaterThan(60);
    socket.close();
    await once(socket, "close");
    writeFileSync(path, Buffer.concat(messages));
    expect(await probeStreams(path)).toEqual(expect.arrayContaining(videoAndAudio));
    expect(await decodeComplaints(path)).toBe("");
  });

  it("has its page beside it", async () => {
    const { path, said } = await curl("index.html", [new URL("/", url).href]);
    expect(said).toBe("1.1 200 text/html; charset=utf-8");
    expect(readFileSync(path, "utf8")).toBe("<p>home</p>");
  });

  it("takes a renewed certificate, and its viewers stay", async () => {
    const session = new WebSocket(url.replace("https", "wss"), { rejectUnauthorized: false });
    await once(session, "open");
    copyFileSync(`${tls}/other-cert.pem`, certPath);
    copyFileSync(`${tls}/other-key.pem`, keyPath);
    const { port } = new URL(url);
    await expect.poll(() => nameAt(Number(port)), { timeout: 20_000, interval: 500 }).toBe("other");
    expect(program.stderr).toContain("certificate reloaded; new connections use it");
    expect(session.readyState).toBe(WebSocket.OPEN);
    session.terminate();
  });
});

/** Without the tag that curl's end has cut in two. */
function wholeTags(bytes: Buffer): Buffer {
  let end = 13; // the header and PreviousTagSize0
  for (let next = end; next + 11 <= bytes.length; next = end) {
    next += 11 + bytes.readUIntBE(end + 1, 3) + 4;
    if (next > bytes.length) break;
    end = next;
  }
  return bytes.subarray(0, end);
}

async function nameAt(port: number): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    }).on("error", reject);
  });
}

it.each([
  [["--tls-cert", `${tls}/cert.pem`], 2, "flvcast: --tls-cert needs its private key: add --tls-key"],
  [["--tls-key", `${tls}/key.pem`], 2, "flvcast: --tls-key needs its certificate: add --tls-cert"],
  [
    ["--tls-cert", `${tls}/cert.pem`, "--tls-key", `${tls}/other-key.pem`],
    2,
    `flvcast: --tls-key ${tls}/other-key.pem does not match --tls-cert ${tls}/cert.pem`,
  ],
  [["--www", "/nowhere"], 2, "flvcast: cannot serve --www /nowhere: no such folder"],
])("what cannot be served is one line at the start: %j", async (args, exitCode, line) => {
  const ended = await start([...small, ...args]).ended;
  expect([ended.exitCode, ended.stderr.trim()]).toEqual([exitCode, line]);
});

it.skipIf(process.platform === "win32")(
  "a viewer is served on when descriptors run out, and others again when they are there",
  async () => {
    const limited = ["sh", "-c", 'ulimit -n 120; exec "$@"', "sh"];
    const program = start(small, { runBy: limited });
    const url = await program.firstLine();
    const viewer = new Viewer(url);
    await viewer.until(({ recording }) => recording.spanMs > 300);
    const port = Number(new URL(url).port);
    const crowd: Socket[] = Array.from({ length: 300 }, () =>
      connect(port, "127.0.0.1")
        .on("error", () => undefined)
        .resume(),
    );
    await expect.poll(() => crowd.some(({ closed }) => closed)).toBe(true);
    const { spanMs } = viewer.recording;
    await viewer.until(({ recording }) => recording.spanMs > spanMs + 1000);
    for (const socket of crowd) socket.destroy();
    await expect.poll(async () => (await fetch(url, { method: "HEAD" }).catch(() => null))?.status).toBe(200);
    viewer.leave();
    await program.stopInOrder();
  },
);
