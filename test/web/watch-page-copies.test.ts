import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { byLabel, type FakeElement, fake } from "./dom.ts";
import { leaveBrowser, settle } from "./server.ts";
import { installWatchBrowser, openWatchPage, showPicture } from "./watch.ts";

let browser: ReturnType<typeof installWatchBrowser>;
beforeEach(() => {
  browser = installWatchBrowser();
});
afterEach(() => {
  vi.restoreAllMocks();
  leaveBrowser();
});

/** What is copied: by the clipboard, or where it refuses by the old command. */
function installClipboard(write: (text: string) => Promise<unknown>, obeys = true) {
  const { document } = browser;
  const copied: string[] = [];
  vi.stubGlobal("navigator", {
    clipboard: { writeText: (text: string) => write(text).then(() => copied.push(text)) },
  });
  const create = document.createElement.bind(document);
  let selected = "";
  vi.spyOn(document, "createElement").mockImplementation((tag) => {
    const element = create(tag);
    return tag === "textarea"
      ? Object.assign(element, { select: () => (selected = element.value) })
      : element;
  });
  const execCommand = (command: string) => {
    if (obeys) copied.push(`${command} ${selected}`);
    return obeys;
  };
  Object.assign(document, { execCommand });
  return copied;
}
const refusing = () => Promise.reject(new DOMException("no", "NotAllowedError"));

it.each([
  ["Copy stream URL", "", "http://cam/live/cam0.flv"],
  ["Copy stream URL", "&token=secret", "http://cam/live/cam0.flv?token=secret"],
  ["Copy page URL", "&token=secret", "http://cam/watch/cam0?token=secret"],
])("%s, opened with %j: %s", async (label, query, url) => {
  const copied = installClipboard(async () => undefined);
  const { element, press } = await openWatchPage(browser, query);
  press("Links");
  press(label);
  await settle();
  expect(copied).toEqual([url]);
  byLabel(element, "Copied");
  await vi.advanceTimersByTimeAsync(2000);
  byLabel(element, label);
});

it("shows no token before it is asked to, and then only what cannot be copied", async () => {
  installClipboard(refusing, false);
  const { element, press } = await openWatchPage(browser, "&token=secret");
  press("Links");
  const texts = () =>
    fake(element)
      .all.filter(({ tag }) => tag === "code")
      .map(({ textContent }) => textContent);
  expect(texts()[0]).toBe("http://cam/watch/cam0?token=•••");
  expect(texts().join()).not.toContain("secret");
  press("Copy page URL");
  await settle();
  expect(texts()[0]).toBe("http://cam/watch/cam0?token=secret");
});

it("copies over plain HTTP, and in a frame, too", async () => {
  const copied = installClipboard(refusing);
  const { press } = await openWatchPage(browser);
  press("Links");
  press("Copy page URL");
  await settle();
  expect(copied).toEqual(["copy http://cam/watch/cam0"]);
  expect(browser.document.body.children).toEqual([]);
});

it("draws the page's URL as a QR code, and saves a playlist", async () => {
  const { element, press } = await openWatchPage(browser);
  const { document } = browser;
  const links: FakeElement[] = [];
  const blobs: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    if (blob instanceof Blob) blobs.push(blob);
    return "blob:1";
  });
  const create = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation((tag) => {
    const made = create(tag);
    if (tag === "a") links.push(made);
    return made;
  });
  press("Links");
  await vi.waitFor(() => byLabel(element, "QR code of the page"), { timeout: 20_000 });
  press("Open in VLC (M3U)");
  expect(links.map(({ download }) => download)).toEqual(["cam0.m3u"]);
  expect(await blobs[0]?.text()).toBe("#EXTM3U\n#EXTINF:-1,cam0\nhttp://cam/live/cam0.flv\n");
});

it("saves the frame as it is, named after stream and time", async () => {
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
  press("Save snapshot"); // there is none yet
  await settle();
  expect(links).toEqual([]);
  await showPicture(browser);
  browser.server.nowMs = Date.UTC(2026, 2, 4, 15, 6, 7);
  await vi.advanceTimersByTimeAsync(1000);
  press("Save snapshot");
  await settle();
  expect(drawn).toEqual([[0, 0, 640, 360]]);
  expect(links[0]?.download).toMatch(/^cam0-\d{4}-\d\d-\d\dT\d{6}\.png$/);
  expect(revoked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(revoked).toHaveBeenCalledWith(links[0]?.href);
});
