import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readAddress } from "../../src/web/address.ts";
import type { ApiAnswer } from "../../src/web/api.ts";
import { Site } from "../../src/web/site.ts";
import { type FakeDocument, installDocument } from "./dom.ts";

let page: FakeDocument;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  page = installDocument();
});
afterEach(() => {
  vi.unstubAllGlobals(); // before the real timers: else the fake `performance` would be back
  vi.useRealTimers();
});

/** A site whose server answers so; `asked`: the headers of each question. */
function siteOf(answer: () => Response, token: string | null = null, address = "http://cam:8080/cams/") {
  const asked: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  vi.stubGlobal("fetch", async (url: URL, { headers }: { headers: Record<string, string> }) => {
    asked.push({ url: url.href, headers });
    return answer();
  });
  const kept: Record<string, string> = {};
  const storage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void delete kept[key],
  };
  return { site: new Site(readAddress(new URL(address)), token, storage), asked, kept };
}

const list = () => Response.json({ nowMs: 1_005_000, streams: [] });
const refuse = (status: number) => () =>
  new Response("no\n", { status, headers: { "Content-Type": "text/plain" } });

describe("what a page knows of its server", () => {
  it("is asked for below the page's own path, and without the token in the address", async () => {
    const { site, asked } = siteOf(list, "secret");
    site.pollStreams(() => undefined);
    expect(asked).toEqual([
      {
        url: "http://cam:8080/cams/api/v1/streams",
        headers: { "X-Requested-With": "flvcast", Authorization: "Bearer secret" },
      },
    ]);
    expect(site.worklet.href).toBe("http://cam:8080/cams/player/audio-worklet.js");
  });

  it("includes its clock as soon as it has answered", async () => {
    const { site } = siteOf(list);
    expect(site.serverMs).toBeNull();
    site.pollStreams(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(site.serverMs).toBe(1_005_000);
    await vi.advanceTimersByTimeAsync(250);
    expect(site.serverMs).toBe(1_005_250);
  });

  it.each([
    ["the streams", list, { kind: "streams", list: { nowMs: 1_005_000, streams: [] } }],
    ["a refusal", refuse(503), { kind: "refused", status: 503, why: "no" }],
    ["another server's page", () => new Response("<html>"), { kind: "unreachable" }],
    ["another server's data", () => Response.json({ nowMs: 5 }), { kind: "unreachable" }],
    ["nothing", () => Response.error(), { kind: "refused", status: 0, why: "" }],
    ["no connection", () => raise(), { kind: "unreachable" }],
  ] as readonly [string, () => Response, ApiAnswer][])("is %s", async (_, answer, said) => {
    const { site } = siteOf(answer);
    const answers: ApiAnswer[] = [];
    site.pollStreams((one) => answers.push(one));
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual([said]);
  });

  it("is asked for at once, after a second, every five, and when the page is shown again", async () => {
    const { site, asked } = siteOf(list);
    site.pollStreams(() => undefined);
    const times: number[] = [];
    for (let seconds = 0; seconds <= 10; seconds++) {
      times.push(asked.length);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(times).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4]);
    page.setVisible(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(4);
    page.setVisible(true);
    expect(asked).toHaveLength(5);
  });

  it.each([401, 403])(
    "is not asked for again for a minute after a %d, unless with another token",
    async (status) => {
      const { site, asked } = siteOf(refuse(status));
      const answers: ApiAnswer[] = [];
      site.pollStreams((answer) => answers.push(answer));
      await vi.advanceTimersByTimeAsync(59_000);
      expect(asked).toHaveLength(1);
      expect(answers.length).toBeGreaterThan(10); // the same answer each time
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      await vi.advanceTimersByTimeAsync(1000);
      expect(asked).toHaveLength(2);
      site.token = "secret";
      expect(asked).toHaveLength(3);
    },
  );

  it("is no older than what it was told last: a refusal of the token before may come late", async () => {
    const { site } = siteOf(list);
    const late = new Promise<Response>((resolve) => setTimeout(() => resolve(refuse(401)()), 500));
    vi.stubGlobal("fetch", async () => (site.token === null ? await late : list()));
    const answers: ApiAnswer["kind"][] = [];
    site.pollStreams(({ kind }) => answers.push(kind));
    site.token = "secret";
    await vi.advanceTimersByTimeAsync(600);
    expect(answers).toEqual(["streams"]);
  });

  it("is asked for as often as ever after any other refusal", async () => {
    const { site, asked } = siteOf(refuse(503));
    site.pollStreams(() => undefined);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(3);
  });
});

it("keeps a token that is typed, and forgets none because there is none", () => {
  const { site, kept } = siteOf(list);
  site.token = "secret";
  expect([site.token, kept]).toEqual(["secret", { "flvcast.token": "secret" }]);
  site.token = null;
  expect([site.token, kept]).toEqual([null, { "flvcast.token": "secret" }]);
});

describe("the way to the streams", () => {
  class Navigation {
    readonly nextHopProtocol: string;
    constructor(protocol: string) {
      this.nextHopProtocol = protocol;
    }
  }
  it.each([
    ["is that of the address", "?transport=fetch", "http/1.1", "fetch"],
    ["is that of the address", "?transport=websocket", "h2", "websocket"],
    ["goes by how the page came", "", "h2", "fetch"],
    ["goes by how the page came", "", "http/1.1", "websocket"],
    ["is WebSocket where the browser does not say how", "", null, "websocket"],
  ] as const)("%s: %j over %j", (_, query, protocol, transport) => {
    vi.stubGlobal("PerformanceNavigationTiming", Navigation);
    vi.stubGlobal("performance", {
      getEntriesByType: (type: string) =>
        type === "navigation" && protocol !== null ? [new Navigation(protocol)] : [],
    });
    expect(siteOf(list, null, `http://cam:8080/${query}`).site.transport).toBe(transport);
  });
});

function raise(): never {
  throw new TypeError("Failed to fetch");
}
