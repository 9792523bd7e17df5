import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { door, TOKEN } from "../auth/requests.ts";
import { hasOpening, Served } from "./served.ts";

const CHROMIUM =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36";
const CHROMIUM_ACCEPT =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const LAVF = { "User-Agent": "Lavf/59.27.100", Accept: "*/*", Range: "bytes=0-", "Icy-MetaData": "1" };

const opened = (dest: string) => ({
  "Sec-Fetch-Site": "none",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": dest,
});

/** Headers as these programs sent them to a server that wrote them down; of those not at hand, as they are documented. */
const clients: readonly (readonly [
  who: string,
  gets: "FLV" | "page",
  headers: Readonly<Record<string, string>>,
])[] = [
  ["curl 7.88", "FLV", { "User-Agent": "curl/7.88.1", Accept: "*/*" }],
  ["wget 1.21", "FLV", { "User-Agent": "Wget/1.21.3", Accept: "*/*", "Accept-Encoding": "identity" }],
  ["ffmpeg 5.1", "FLV", LAVF],
  ["OBS, whose media source is ffmpeg", "FLV", { ...LAVF, "User-Agent": "Lavf/61.7.100" }],
  ["Home Assistant's stream, which is ffmpeg's library", "FLV", { ...LAVF, "User-Agent": "Lavf/61.7.100" }],
  [
    "Home Assistant's aiohttp",
    "FLV",
    { "User-Agent": "HomeAssistant/2026.5.0 aiohttp/3.12.2", Accept: "*/*" },
  ],
  ["mpv 0.35", "FLV", { ...LAVF, "User-Agent": "libmpv" }],
  [
    "VLC 3.0.24",
    "FLV",
    {
      "User-Agent": "VLC/3.0.24 LibVLC/3.0.24",
      Accept: "*/*",
      "Accept-Language": "en_US",
      Range: "bytes=0-",
    },
  ],
  ["VLC's second try", "FLV", { "User-Agent": "VLC/3.0.24 LibVLC/3.0.24", "Icy-MetaData": "1" }],
  [
    "GStreamer 1.22, souphttpsrc",
    "FLV",
    {
      "User-Agent": "GStreamer souphttpsrc 1.22.0 libsoup/3.2.3",
      "Accept-Encoding": "identity",
      "icy-metadata": "1",
    },
  ],
  [
    "mpegts.js in Chromium, at this machine",
    "FLV",
    { "User-Agent": CHROMIUM, Accept: "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" },
  ],
  ["mpegts.js in Chromium, at another's address", "FLV", { "User-Agent": CHROMIUM, Accept: "*/*" }],
  [
    "a <video> in Chromium",
    "FLV",
    {
      "User-Agent": CHROMIUM,
      Accept: "*/*",
      "Sec-Fetch-Mode": "no-cors",
      "Sec-Fetch-Dest": "video",
      Range: "bytes=0-",
    },
  ],
  [
    "a <video> in Firefox",
    "FLV",
    {
      ...{ "User-Agent": FIREFOX, Range: "bytes=0-" },
      Accept: "video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5",
    },
  ],
  ["a client without an Accept", "FLV", {}],
  [
    "a player in Java, by HttpURLConnection",
    "FLV",
    { "User-Agent": "Java/17.0.15", Accept: "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2" },
  ],
  [
    "a client that takes types which only look like HTML",
    "FLV",
    { Accept: "text/html-fragment, text/*;q=0.1" },
  ],
  [
    "Chromium, at this machine",
    "page",
    { "User-Agent": CHROMIUM, Accept: CHROMIUM_ACCEPT, ...opened("document") },
  ],
  [
    "Chromium, at another's address",
    "page",
    { "User-Agent": CHROMIUM, Accept: CHROMIUM_ACCEPT, "Upgrade-Insecure-Requests": "1" },
  ],
  ["Chromium, in a frame", "page", { "User-Agent": CHROMIUM, Accept: CHROMIUM_ACCEPT, ...opened("iframe") }],
  ["Firefox, at this machine", "page", { "User-Agent": FIREFOX, Accept: HTML, ...opened("document") }],
  ["Firefox, at another's address", "page", { "User-Agent": FIREFOX, Accept: HTML, Priority: "u=0, i" }],
  [
    "Safari on an iPhone",
    "page",
    { "User-Agent": SAFARI, Accept: HTML, "Accept-Language": "en-GB,en;q=0.9" },
  ],
  ["a browser that says no more than where it goes", "page", { "Sec-Fetch-Dest": "document", Accept: "*/*" }],
  ["a browser that asks for a part", "FLV", { Accept: HTML, ...opened("document"), Range: "bytes=0-" }],
  [
    "a browser that asks for another protocol",
    "FLV",
    { Accept: HTML, Connection: "Upgrade", Upgrade: "h2c" },
  ],
];

const lines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");

let served: Served;
beforeAll(async () => {
  served = await Served.start(false, { gate: door({ token: TOKEN }) });
});
afterAll(() => served.stop());

const ask = async (path: string, headers: Readonly<Record<string, string>>) =>
  await served.get(path, lines(headers)).until(({ text }) => text.includes("\r\n\r\n"));

describe("/live/NAME.flv", () => {
  test.each(clients.filter(([, gets]) => gets === "FLV"))("is FLV for %s", async (_who, _gets, headers) => {
    const client = await ask(`/live/cam.flv?token=${TOKEN}`, headers);
    expect([client.status, client.header("Content-Type")]).toEqual([200, "video/x-flv"]);
    await client.until(hasOpening);
    client.socket.destroy();
  });

  test.each(clients.filter(([, gets]) => gets === "page"))(
    "leads %s to the page",
    async (_who, _gets, headers) => {
      const client = await ask(`/live/cam.flv?token=${TOKEN}`, headers);
      expect(client.status).toBe(303);
      expect(client.header("Location")).toBe(`../watch/cam?token=${TOKEN}`);
      expect(client.header("Cache-Control")).toBe("no-store");
      expect(client.header("Vary")).toBe("Accept, Sec-Fetch-Dest, Origin");
      client.socket.destroy();
    },
  );

  const browser = { Accept: HTML };

  test.each([
    ["?download", 401],
    [`?download&token=${TOKEN}`, 200],
    [`?token=${TOKEN}&download=1`, 200],
  ])("%s is the stream itself in a browser, too: %i", async (query, status) => {
    const client = await ask(`/live/cam.flv${query}`, browser);
    expect(client.status).toBe(status);
    client.socket.destroy();
  });

  test.each([
    ["/live/cam.flv", "../watch/cam"],
    ["/live/cam.flv?token=wrong&sound", "../watch/cam?token=wrong&sound"],
    ["/live/other.flv", "../watch/other"],
    ["/live/c%20m%3Fx%23.flv", "../watch/c%20m%3Fx%23"],
  ])("sends a browser on whatever its token and the name: %s", async (path, location) => {
    const { status, header } = await ask(path, browser).then((client) => ({
      status: client.status,
      header: client.header("Location"),
    }));
    expect([status, header]).toEqual([303, location]);
  });

  test("is asked for with HEAD, and says what it is", async () => {
    const head = `HEAD /live/cam.flv?token=${TOKEN} HTTP/1.1\r\nHost: localhost\r\n${lines(browser)}\r\n`;
    const client = await served.request(head).until(({ text }) => text.includes("\r\n\r\n"));
    expect([client.status, client.header("Content-Type")]).toEqual([200, "video/x-flv"]);
    client.socket.destroy();
  });
});

describe("what is typed by hand leads on:", () => {
  test.each([
    [`/live/cam?token=${TOKEN}`, "*/*", 303, `cam.flv?token=${TOKEN}`],
    ["/live/cam", "*/*", 401, null],
    [`/live/other?token=${TOKEN}`, "*/*", 404, null],
    ["/live/cam", HTML, 303, "../watch/cam"],
    ["/watch", "*/*", 303, "./"],
    [`/watch?token=${TOKEN}`, HTML, 303, `./?token=${TOKEN}`],
    ["/watch/", HTML, 303, "../"],
  ])("%s, with Accept: %s, is %i, %s", async (path, accept, status, location) => {
    const client = await ask(path, { Accept: accept });
    expect([client.status, client.header("Location")]).toEqual([status, location]);
    client.socket.destroy();
  });

  test("a folder's own /watch comes first", async () => {
    const www = mkdtempSync(join(tmpdir(), "flvcast-www-"));
    mkdirSync(join(www, "watch"));
    writeFileSync(join(www, "watch/index.html"), "own");
    const own = await Served.start(false, { www });
    const client = await own.get("/watch/").until(({ text }) => text.endsWith("own"));
    expect(client.status).toBe(200);
    await own.stop();
    rmSync(www, { recursive: true });
  });
});
