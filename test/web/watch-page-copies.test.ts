import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { byLabel, type FakeElement } from "./dom.ts";
import { leaveBrowser, refuse, settle } from "./server.ts";
import { installWatchBrowser, openWatchPage, showPicture } from "./watch.ts";
import { FakeFrame } from "./webcodecs.ts";

let browser: ReturnType<typeof installWatchBrowser>;
beforeEach(() => {
  browser = installWatchBrowser();
});
afterEach(leaveBrowser);

it.each([
  ["Copy stream address", "", "http://cam/live/cam0.flv"],
  ["Copy stream address", "&token=secret", "http://cam/live/cam0.flv?token=secret"],
  ["Copy page address", "&token=secret", "http://cam/watch/cam0"],
])("%s, opened with %j: %s", async (label, query, address) => {
  const copied: string[] = [];
  vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => copied.push(text) } });
  const { element, press } = await openWatchPage(browser, query);
  press(label);
  await settle();
  expect(copied).toEqual([address]);
  byLabel(element, "Copied");
  await vi.advanceTimersByTimeAsync(2000);
  byLabel(element, label);
});

it("shows an address that cannot be copied", async () => {
  const clipboard = { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) };
  vi.stubGlobal("navigator", { clipboard });
  const { element, press } = await openWatchPage(browser);
  press("Copy page address");
  await settle();
  expect(byLabel(element, "http://cam/watch/cam0").tag).toBe("button");
});

it("copies over plain HTTP, too", async () => {
  vi.stubGlobal("isSecureContext", false);
  vi.stubGlobal("MediaSource", FakeFrame); // it is not made
  const { document } = browser;
  const copied: string[] = [];
  const create = document.createElement.bind(document);
  let selected = "";
  vi.spyOn(document, "createElement").mockImplementation((tag) => {
    const element = create(tag);
    return tag === "textarea"
      ? Object.assign(element, { select: () => (selected = element.value) })
      : element;
  });
  const execCommand = (command: string) => void copied.push(`${command} ${selected}`);
  Object.assign(document, { execCommand });
  const { press } = await openWatchPage(browser, "", refuse(404));
  press("Copy page address");
  await settle();
  expect(copied).toEqual(["copy http://cam/watch/cam0"]);
  expect(document.body.children).toEqual([]);
});

it("saves the picture as it is, named after stream and time", async () => {
  const { press } = await openWatchPage(browser);
  const { document } = browser;
  const links: FakeElement[] = [];
  const drawn: unknown[] = [];
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      readonly size: readonly number[];
      constructor(...size: readonly number[]) {
        this.size = size;
      }
      getContext = () => ({ drawImage: (...args: readonly unknown[]) => drawn.push(args.slice(1)) });
      convertToBlob = async ({ type }: { type: string }) => new Blob([], { type });
    },
  );
  const revoked = vi.spyOn(URL, "revokeObjectURL");
  const create = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation((tag) => {
    const element = create(tag);
    if (tag === "a") element.addEventListener("click", () => links.push(element));
    return element;
  });
  press("Save this picture"); // there is none yet
  await settle();
  expect(links).toEqual([]);
  await showPicture(browser);
  browser.server.nowMs = Date.UTC(2026, 2, 4, 15, 6, 7);
  await vi.advanceTimersByTimeAsync(1000);
  press("Save this picture");
  await settle();
  expect(drawn).toEqual([[0, 0, 640, 360]]);
  expect(links[0]?.download).toMatch(/^cam0-\d{4}-\d\d-\d\dT\d{6}\.png$/);
  expect(revoked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(revoked).toHaveBeenCalledWith(links[0]?.href);
});
