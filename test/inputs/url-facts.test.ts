import type { RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import type { InputStreams } from "../../src/devices/streams.ts";
import { urlFacts } from "../../src/inputs/url-facts.ts";
import { serveHttp } from "../e2e/servers.ts";

const NOTHING = { isLive: false, segmentMs: null };

async function factsOf(answer: RequestListener, streams: Partial<InputStreams>, scheme = "http") {
  const server = await serveHttp(answer);
  const url = `${scheme}://127.0.0.1:${server.port}/a`;
  const facts = await urlFacts(url, {
    demuxer: "flv",
    videos: [],
    audios: [],
    hasDuration: true,
    ...streams,
  });
  await server.stop();
  return facts;
}

const endless: RequestListener = (_request, response) => void response.writeHead(200).write("FLV");
const whole: RequestListener = (_request, response) =>
  void response.writeHead(200, { "content-length": 3 }).end("FLV");
const part: RequestListener = (_request, response) =>
  void response.writeHead(206, { "content-range": "bytes 0-2/3", "content-length": 3 }).end("FLV");
const refusal: RequestListener = (_request, response) => void response.writeHead(403).end();
const silence: RequestListener = (request) => void request.socket.destroy();
const chunkedWhole: RequestListener = (_request, response) =>
  void response.writeHead(200, { "accept-ranges": "bytes" }).write("FLV");
const chunkedPart: RequestListener = (_request, response) =>
  void response.writeHead(206, { "content-range": "bytes 0-2/3" }).write("FLV");
const elsewhere =
  (answer: RequestListener): RequestListener =>
  (request, response) => {
    if (request.url !== "/a") answer(request, response);
    else response.writeHead(302, { location: "/b" }).end();
  };

describe("a URL whose metadata have a duration", () => {
  it.each([
    ["is live where the answer has no length", endless, true],
    ["is whole where it has", whole, false],
    ["is whole where a range of it can be had", part, false],
    ["is whole where ranges of it can be had, whatever its length", chunkedWhole, false],
    ["is whole where a range of no known length comes", chunkedPart, false],
    ["is what its metadata say where it is refused to us", refusal, false],
    ["is what its metadata say where nobody answers", silence, false],
    ["is judged behind a redirect", elsewhere(endless), true],
  ])("%s", async (_, answer, isLive) => {
    expect(await factsOf(answer, {})).toEqual({ ...NOTHING, isLive });
  });

  it("is asked about whatever the case of its scheme", async () => {
    expect(await factsOf(endless, {}, "HTTP")).toEqual({ ...NOTHING, isLive: true });
  });

  it("is whole where the format holds an index of the whole, whatever the answer", async () => {
    expect(await factsOf(endless, { demuxer: "mov" })).toEqual(NOTHING);
  });
});

const media: RequestListener = (_request, response) =>
  void response.end("#EXTM3U\n#EXT-X-TARGETDURATION:6\na.ts\n");
const master: RequestListener = (request, response) =>
  request.url === "/a"
    ? response.end("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n")
    : media(request, response);

const moved: RequestListener = (request, response) => {
  if (request.url === "/cdn/v.m3u8") return media(request, response);
  if (request.url === "/cdn/a") return void response.end("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n");
  return void response.writeHead(302, { location: "/cdn/a" }).end();
};

describe("a live playlist", () => {
  const live = { demuxer: "hls", hasDuration: false };

  it("tells how long its segments are, through a master playlist and a redirect, too", async () => {
    for (const answer of [media, master, elsewhere(media)]) {
      expect(await factsOf(answer, live)).toEqual({ isLive: false, segmentMs: 6000 });
    }
  });

  it("has its variants where a redirect has led", async () => {
    expect(await factsOf(moved, live)).toEqual({ isLive: false, segmentMs: 6000 });
  });

  it.each([
    ["as far as a mebibyte goes", 1_000_000, 6000],
    ["and not further", 1_600_000, null],
  ])("is read %s", async (_, bytes, segmentMs) => {
    const answer: RequestListener = (_request, response) =>
      response.end(`#EXTM3U\n${"#\n".repeat(bytes / 2)}#EXT-X-TARGETDURATION:6\n`);
    expect(await factsOf(answer, live)).toEqual({ isLive: false, segmentMs });
  });

  it("that has an end is not asked for", async () => {
    expect(await factsOf(media, { demuxer: "hls", hasDuration: true })).toEqual(NOTHING);
  });

  it("that cannot be had tells nothing", async () => {
    expect(await factsOf(silence, live)).toEqual(NOTHING);
  });
});

it("what is no HTTP is not asked", async () => {
  const streams = { demuxer: "rtsp", videos: [], audios: [], hasDuration: true };
  expect(await urlFacts("rtsp://127.0.0.1:1/a", streams)).toEqual(NOTHING);
});

it("a server that leads on and on is not followed for longer than one answer may take", async () => {
  let asked = 0;
  const server = await serveHttp((_request, response) => {
    asked += 1;
    setTimeout(() => response.writeHead(302, { location: "/b" }).end(), 200);
  });
  const streams = { demuxer: "flv", videos: [], audios: [], hasDuration: true };
  const facts = await urlFacts(`http://127.0.0.1:${server.port}/a`, streams, 300);
  await server.stop();
  expect([facts, asked <= 2]).toEqual([NOTHING, true]);
});
