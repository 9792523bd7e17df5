import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LinksPanel } from "../../src/web/links-panel.ts";
import { byClass, fake } from "./dom.ts";
import { leaveBrowser } from "./server.ts";
import { installWatchBrowser } from "./watch.ts";

let browser: ReturnType<typeof installWatchBrowser>;
beforeEach(() => {
  browser = installWatchBrowser();
});
afterEach(() => {
  vi.restoreAllMocks();
  leaveBrowser();
});

it("leaves no empty space where the QR code cannot be drawn, and nothing is rejected", async () => {
  const panel = new LinksPanel();
  panel.show({ base: new URL("http://192.0.2.7:8080/"), name: "cam0", token: null });
  vi.spyOn(browser.document, "createElementNS").mockImplementation(() => {
    throw new Error("gone");
  });
  vi.useRealTimers();
  const code = byClass(fake(panel.element), "qr");
  expect(code.hidden).toBe(false);
  await vi.waitFor(() => expect(code.hidden).toBe(true), 20_000);
});
