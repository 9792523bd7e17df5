import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { start, stopAll } from "./program.ts";

const programs = ["chromium", "chromium-browser", "google-chrome"];
const executablePath = findProgram(...programs);
if (executablePath === null)
  process.stderr.write(
    `left out: a hostile page in a browser: none of ${programs.join(", ")} is installed\n`,
  );

/**
 * A page that the user happens to open, at a name which the browser looks up as this very machine: nothing that browsers do
 * for private networks stands in its way.
 */
describe.runIf(executablePath !== null)("a hostile page in Chromium", () => {
  let site: Server;
  let siteUrl: string;
  let browser: Browser;

  beforeAll(async () => {
    [site, siteUrl] = await serveSite();
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--host-resolver-rules=MAP evil.example 127.0.0.1"],
      chromiumSandbox: process.getuid?.() !== 0,
    });
  });
  afterEach(stopAll);
  afterAll(async () => {
    await browser.close();
    site.close();
    site.closeAllConnections();
  });

  async function open(url: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  }

  /** A page that has come from a server of its own, and the stream which is then at that server's name and port. */
  async function rebound(...args: readonly string[]): Promise<{ readonly page: Page; readonly url: URL }> {
    const [own, ownUrl] = await serveSite();
    const page = await open(ownUrl);
    own.close();
    own.closeAllConnections();
    await once(own, "close");
    return { page, url: await onAir("--port", new URL(ownUrl).port, ...args) };
  }

  describe("on a site of its own", () => {
    it("reads nothing by fetch, and is let in where it is named", async () => {
      const page = await open(siteUrl);
      expect(await page.evaluate(fetching((await onAir()).href))).toBe("TypeError");
      expect(await page.evaluate(fetching((await onAir("--cors", siteUrl)).href))).toBe("200 FLV");
    });

    it.each([
      ["a fetch without CORS", (url: URL) => `fetch("${url.href}", { mode: "no-cors" })`],
      ["a picture", (url: URL) => `new Image().src = "${url.href}"`],
      ["a video", (url: URL) => `document.createElement("video").src = "${url.href}"`],
    ])("is no viewer by %s, whose answer it could not read", async (_what, script) => {
      const page = await open(siteUrl);
      for (const [args, status] of [
        [[], 403],
        [["--cors", "*", "--auth", "none"], 200],
      ] as const) {
        const url = await onAir(...args);
        expect(await statusOf(url, page, script(url))).toBe(status);
      }
    });

    it("shows no picture by another spelling of this machine's address, where its browser does not say whose page it is", async () => {
      const page = await open(siteUrl);
      const url = await onAir();
      for (const host of ["0.0.0.0", "[::ffff:127.0.0.1]"]) {
        url.hostname = host;
        const seen = await page.evaluate(picture(url.href.replace(/\.flv$/, ".jpg")));
        expect(seen).toBe("error");
      }
    });

    it("opens no WebSocket, and does where it is named", async () => {
      const page = await open(siteUrl);
      expect(await page.evaluate(webSocket((await onAir()).href))).toBe("error");
      expect(await page.evaluate(webSocket((await onAir("--cors", siteUrl)).href))).toBe("FLV");
    });

    it("may have a link to the stream", async () => {
      const page = await open(siteUrl);
      const url = await onAir();
      const answered = page.waitForResponse(new URL("/watch/test", url).href);
      await page.evaluate(`void (location.href = "${url.href}")`);
      expect((await answered).status()).toBe(200);
    });
  });

  describe("whose name leads to the stream itself by now (DNS rebinding)", () => {
    it("reads nothing but that it is not let in, though it is of one origin with it", async () => {
      const { page, url } = await rebound();
      expect(await page.evaluate(fetching(url.pathname))).toBe("403 unk");
      expect(await page.evaluate(webSocket(`ws://evil.example:${url.port}${url.pathname}`))).toBe("error");
    });

    it("is let in where the name is this server's", async () => {
      const { page, url } = await rebound("--public-host", "evil.example");
      expect(await page.evaluate(fetching(url.pathname))).toBe("200 FLV");
      expect(await page.evaluate(webSocket(`ws://evil.example:${url.port}${url.pathname}`))).toBe("FLV");
    });
  });
});

/** The stream of a stream with these options. */
async function onAir(...args: readonly string[]): Promise<URL> {
  const small = ["--device", "test", "--audio", "none", "--size", "160x120", "--fps", "10"];
  return new URL(await start([...small, ...args]).firstLine());
}

/** What comes of an embedded picture. */
function picture(url: string): string {
  return `new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve("load");
    image.onerror = () => resolve("error");
    image.src = "${url}";
  })`;
}

/** A web server whose name the browser looks up as this machine. */
async function serveSite(): Promise<[server: Server, url: string]> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<title>kittens</title>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return [server, `http://evil.example:${(server.address() as AddressInfo).port}`]; // a TCP server that listens has one
}

const PATIENCE_MS = 20_000;

/** How the server answers what a script asks in the page, though the page may not know it. */
async function statusOf(url: URL, page: Page, script: string): Promise<number> {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const asked = new Set<string>();
  const statuses = new Map<string, number>();
  const status = new Promise<number>((resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`no status: asked ${[...asked].join()}, answered ${[...statuses].join(" ")}`));
    }, PATIENCE_MS).unref();
    const settle = (requestId: string) => {
      const known = statuses.get(requestId);
      if (known !== undefined && asked.has(requestId)) resolve(known);
    };
    // They come in either order (Chrome DevTools Protocol, Network.responseReceivedExtraInfo).
    network.on("Network.requestWillBeSent", ({ request, requestId }) => {
      if (request.url === url.href) asked.add(requestId);
      settle(requestId);
    });
    network.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
      statuses.set(requestId, statusCode);
      settle(requestId);
    });
  });
  await page.evaluate(`void (${script})`);
  return await status;
}

/** Run in the page: the status and the first three bytes, or what went wrong. */
function fetching(address: string): string {
  return `(async () => {
    const response = await fetch("${address}");
    const { value } = await response.body.getReader().read();
    return response.status + " " + new TextDecoder("latin1").decode(value.subarray(0, 3));
  })().catch((error) => error.name)`;
}

/** Run in the page: the first three bytes, or that it failed. */
function webSocket(url: string): string {
  const address = url.replace(/^http/, "ws");
  return `new Promise((resolve) => {
    const socket = Object.assign(new WebSocket("${address}"), { binaryType: "arraybuffer" });
    socket.onerror = () => resolve("error");
    socket.onmessage = ({ data }) => {
      socket.close();
      resolve(new TextDecoder("latin1").decode(data.slice(0, 3)));
    };
  })`;
}
