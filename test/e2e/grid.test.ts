import { afterEach, describe, expect, it } from "vitest";
import { type ManyStreams, startManyChannels } from "./many-streams.ts";
import { browserPath, type OpenPage, openBrowser, untilAll } from "./page-browser.ts";

const names = ["gate", "yard", "hall", "dock", "roof", "barn", "shop", "lane", "pond"];

describe.skipIf(browserPath === null)("a grid of nine players", () => {
  let served: ManyStreams;
  let open: OpenPage;

  afterEach(async () => {
    await open.close();
    await served.stop();
  });

  it.each([
    ["WebSocket, beyond the six connections of HTTP/1.1", false],
    ["WebSocket and TLS", true],
  ])("plays over %s, and complains of nothing", async (_, isTls) => {
    served = await startManyChannels(names, { isTls });
    open = await openBrowser({ ignoreHTTPSErrors: true });
    await open.page.goto(served.url.href);
    await untilAll(open.page, "playing", names.length, 30_000);
    await open.page.waitForTimeout(3000);
    await untilAll(open.page, "playing", names.length);
    const transports = served.hubs.flatMap(({ viewers }) => viewers.map(({ sink }) => sink.transport.name));
    expect(transports).toEqual(names.map(() => "websocket"));
    expect(open.complaints).toEqual([]);
    await open.page.getByRole("link", { name: /gate/ }).click();
    await open.page.waitForURL(/\/watch\/gate$/);
    await untilAll(open.page, "playing");
    await open.page.getByRole("link", { name: "All streams" }).click();
    await untilAll(open.page, "playing", names.length, 30_000);
  });
});
