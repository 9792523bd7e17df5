import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { accessFaults, browserPath, type OpenPage, openBrowser, setVisibility } from "../e2e/page-browser.ts";
import { mustRun } from "../run.ts";
import { type FakeSegment, RecordingsServer } from "./recordings-server.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

const colors = ["red", "green", "blue"] as const;
type Color = (typeof colors)[number];
const SECONDS = 20;
const zone = { timezoneId: "Europe/Berlin" };
const ten = Date.parse("2026-11-20T10:00:00+01:00");

/** Twenty seconds of each color, with sound. */
async function makeFilm(name: string, shown: readonly Color[]): Promise<void> {
  const inputs = shown.flatMap((one) => [
    ...["-f", "lavfi", "-i", `color=${one === "green" ? "lime" : one}:s=320x180:r=25:d=${SECONDS}`],
    ...["-f", "lavfi", "-i", `sine=d=${SECONDS}`],
  ]);
  await mustRun([
    ...["ffmpeg", "-v", "error", ...inputs, "-filter_complex", `concat=n=${shown.length}:a=1`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"],
    ...["-movflags", "+faststart", folder.file(`${name}.mp4`)],
  ]);
}

function film(color: Color, startMs: number, more: Partial<FakeSegment> = {}): FakeSegment {
  return {
    ...{ id: `${color}-${startMs}`, startMs, durationMs: SECONDS * 1000, bytes: 50_000 },
    ...{ state: "done", isKept: false, gapBeforeMs: 0, mp4: folder.file(`${color}.mp4`) },
    ...more,
  };
}

/** Red and green without a gap, and blue an hour later. */
const day = () => [film("red", ten), film("green", ten + 20_000), film("blue", ten + 3_600_000)];

/** With a load of its own beside it, a browser takes seconds. */
const patiently = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

describe.skipIf(browserPath === null)("the page of recordings", () => {
  let open: OpenPage;
  let server: RecordingsServer;
  let base: URL;
  beforeAll(async () => {
    for (const color of colors) await makeFilm(color, [color]);
    await makeFilm("red-green", ["red", "green"]);
  });
  beforeEach(async () => {
    open = await openBrowser(zone);
    server = new RecordingsServer();
    server.segments = day();
    base = await server.listen();
  });
  afterEach(async () => {
    await open.close();
    await server.close();
  });

  /** At a moment of the day, in seconds after ten. */
  const go = (atS: number, query = "") =>
    open.page.goto(
      new URL(`/watch/cam0/recordings?at=${new Date(ten + atS * 1000).toISOString()}${query}`, base).href,
    );
  const time = () => open.page.locator(".moment").innerText();
  const untilTime = (text: string | RegExp) => patiently(time).toMatch(text);
  const untilColor = (wanted: Color) => patiently(() => colorOn(open.page)).toBe(wanted);
  const untilToast = (words: RegExp) =>
    patiently(() => open.page.locator(".stage > .notice").nth(1).innerText()).toMatch(words);
  const untilDay = (text: string) => patiently(() => open.page.locator(".long-date").innerText()).toBe(text);
  const pause = async () => {
    await open.page.keyboard.press("k");
    await patiently(() => situation(open.page)).toBe("paused");
  };

  it("plays at the moment in its address, in the viewer's own time, and complains of nothing", async () => {
    await go(2);
    await untilColor("red");
    await untilTime(/^10:00:(0[2-9]|1\d)$/);
    expect(await open.page.locator(".zone").innerText()).toBe("Times in Europe/Berlin, UTC+1");
    expect(await open.page.locator(".long-date").innerText()).toBe("Friday, November 20, 2026");
    expect(open.complaints).toEqual([]);
  });

  it("goes on to the next segment with no frame between that is neither", async () => {
    await go(15);
    await untilColor("red");
    await patiently(() => server.count("/green-")).toBeGreaterThan(0); // ahead
    const seen = await colorsUntil(open.page, "green");
    expect(seen.colors).toEqual(["red", "green"]);
    console.log(`the next segment is seen ${Math.round(seen.holeMs)} ms after the last frame`);
    await untilTime(/^10:00:2/);
    expect(open.complaints).toEqual([]);
  });

  it("goes over a gap, and says so", async () => {
    await go(35);
    await untilColor("green");
    await untilColor("blue");
    expect(await time()).toMatch(/^11:00:/);
    await untilToast(/^Skipped 59 min\s+Nothing is recorded there\.$/);
    await untilTime(/^11:00:0/);
  });

  it("seeks where the bar is pressed, and says what is there before", async () => {
    const { page } = open;
    await go(1);
    await untilColor("red");
    const box = await page.locator(".day-bar").boundingBox();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 2, y + height * 0.7);
    expect(await page.locator(".pointed-time").innerText()).toMatch(/^1[12]:\d\d:\d\d · not recorded$/);
    await page.mouse.click(x + (width * 10.5) / 24, y + height * 0.7);
    await untilColor("blue");
    await untilTime(/^11:00:0/);
    await patiently(() => page.url()).toContain("?at=2026-11-20T09:");
  });

  it("is moved with the keyboard: in time, by frames, and from day to day", async () => {
    const { page } = open;
    server.segments = [film("blue", ten - 86_400_000), ...day()];
    await go(2);
    await untilColor("red");
    await pause();
    await page.keyboard.press("Home");
    await untilTime("10:00:00");
    for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowRight");
    await untilTime(/^10:00:2[45]$/);
    await untilColor("green");
    for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowRight"); // a gap is no time
    await untilTime(/^11:00:0[45]$/);
    await untilColor("blue");
    for (let step = 0; step < 2; step++) await page.keyboard.press("ArrowLeft");
    await untilTime(/^10:00:3[45]$/);
    await untilColor("green");
    await page.keyboard.press("Shift+ArrowLeft");
    await untilTime("10:00:00");
    await untilColor("red"); // before that there are no frames to step by
    for (let frame = 0; frame < 26; frame++) await page.keyboard.press(".");
    await untilTime("10:00:01");
    await page.keyboard.press("PageUp");
    await untilDay("Thursday, November 19, 2026");
    await untilColor("blue");
    await page.keyboard.press(">");
    expect(await page.getByLabel("Speed").inputValue()).toBe("2");
    await page.keyboard.press("?");
    const help = await page.getByRole("region", { name: "Keyboard shortcuts" }).innerText();
    expect(help).toContain("1 frame back or forward");
    expect(open.complaints).toEqual([]);
  });

  it("is zoomed with two fingers, with the wheel and with keys, around what is there", async () => {
    const { page } = open;
    await go(1);
    await untilColor("red");
    await pause();
    const box = await page.locator(".day-bar").boundingBox();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    const at = (share: number) => ({ x: x + width * share, y: y + height * 0.7 });
    const pointed = async (share: number) => {
      const { x: left, y: top } = at(share);
      await page.mouse.move(left, top);
      await page.evaluate("new Promise(requestAnimationFrame)");
      return page.locator(".pointed-time").innerText();
    };
    expect(await pointed(0.5)).toMatch(/^12:00:/);
    const fingers = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...shares: readonly number[]) =>
      fingers.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: shares.map((share, id) => ({ ...at(share), id })),
      });
    await touch("touchStart", 0.45, 0.55);
    await touch("touchMove", 0.4, 0.6);
    await touch("touchMove", 0.35, 0.65);
    await touch("touchEnd");
    expect(await pointed(0.5)).toMatch(/^(11:59|12:00):/);
    expect(await pointed(0.75)).toMatch(/^(13:59|14:00):/); // a third of the day: 8 to 16
    expect(await time(), "two fingers seek nowhere").toMatch(/^10:00:0/);
    await page.mouse.wheel(0, 5000);
    await page.keyboard.press("+");
    expect(await pointed(0.999)).not.toMatch(/^23/);
    await page.keyboard.press("-");
    expect(await pointed(0.999)).toMatch(/^23:58/);
  });

  it("asks again every few seconds while the day is today and the page is seen, and else does not", async () => {
    const { page } = open;
    const asked = () => server.count("/api/v1/streams/cam0/recordings?");
    await go(1);
    await untilColor("red");
    const before = asked();
    await page.waitForTimeout(6000); // longer than it waits where it asks
    expect(asked()).toBe(before);
    server.segments = [film("blue", Date.now() - 30_000)];
    await page.goto(new URL("/watch/cam0/recordings", base).href);
    await untilColor("blue");
    const shown = asked();
    await patiently(asked).toBeGreaterThan(shown);
    await setVisibility(page, "hidden");
    await page.waitForTimeout(1000); // what was asked for already
    const hidden = asked();
    await page.waitForTimeout(6000);
    expect(asked()).toBe(hidden);
    await setVisibility(page, "visible");
    await patiently(asked).toBeGreaterThan(hidden);
  });

  it("downloads a clip that was marked, and a segment", async () => {
    const { page } = open;
    server.spanFile = () => folder.file("red.mp4");
    await go(1);
    await untilColor("red");
    await pause();
    await page.keyboard.press("Home");
    await page.keyboard.press("i");
    await page.keyboard.press("ArrowRight");
    await untilTime(/^10:00:0[45]$/);
    await page.keyboard.press("o");
    const strip = page.getByRole("group", { name: "Clip" });
    expect(await strip.innerText()).toMatch(/^10:00:00 – 10:00:0[45]/);
    await page.getByRole("slider", { name: "End of clip" }).press("ArrowRight");
    expect(await strip.innerText()).toMatch(/^10:00:00 – 10:00:0[56]/);
    const [clip] = await Promise.all([
      page.waitForEvent("download"),
      strip.getByRole("button", { name: "Download MP4" }).click(),
    ]);
    expect(clip.suggestedFilename()).toBe("cam0 2026-11-20 10-00-00.mp4");
    expect(clip.url()).toBe(`${base.href}recordings/cam0/play.mp4?from=${ten}&to=${ten + 6000}`);
    await page.keyboard.press("d");
    const panel = page.getByRole("region", { name: "Download" });
    const [whole] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("button", { name: "Download FLV" }).click(),
    ]);
    expect(whole.url()).toBe(`${base.href}recordings/cam0/red-${ten}.flv`);
    server.refuse = (path) => (path.includes("play") ? 503 : null);
    await strip.getByRole("button", { name: "Download MP4" }).click();
    await untilToast(/^The download failed\s+Refused with 503\.$/);
  });

  it("keeps a segment, or says why it does not", async () => {
    const { page } = open;
    await go(1);
    await untilColor("red");
    await page.getByRole("button", { name: "Keep this segment" }).click();
    await untilToast(/^Segment kept/);
    expect(server.segments[0]?.isKept).toBe(true);
    server.refuse = (path) => (path.includes("/keep") ? 403 : null);
    await page.getByRole("button", { name: "Stop keeping this segment" }).click();
    await untilToast(/^This segment was not changed\s+Refused with 403\.$/);
    expect(server.segments[0]?.isKept).toBe(true);
  });

  it("shows today as it grows, and plays on from what was there", async () => {
    const { page } = open;
    const startMs = Date.now() - 20_000;
    const growing = film("red", startMs, { state: "recording" });
    server.segments = [growing];
    server.isRecording = true;
    server.spanFile = () => folder.file("red.mp4");
    await page.goto(new URL("/watch/cam0/recordings", base).href);
    await untilColor("red");
    for (let step = 0; step < 3; step++) await page.keyboard.press(">");
    await untilToast(/^You have caught up/);
    // Forty seconds are there by now: the page loads the second half of them.
    server.spanFile = () => folder.file("red-green.mp4");
    server.segments = [{ ...growing, durationMs: 40_000 }];
    await untilColor("green");
    const spans = server.asked.filter((one) => one.includes("play.mp4"));
    expect(spans.at(-1)).toBe(`GET /recordings/cam0/play.mp4?from=${startMs}&to=${startMs + 40_000}`);
    expect(open.complaints).toEqual([]);
  });

  it("opens at the latest day that has something, where that is not today", async () => {
    await open.page.goto(new URL("/watch/cam0/recordings", base).href);
    await untilDay("Friday, November 20, 2026");
    await patiently(() => colorOn(open.page)).not.toBe("none");
    expect(open.complaints).toEqual([]);
  });

  it("lets only days be chosen that have something", async () => {
    const { page } = open;
    server.segments = [film("blue", ten - 3 * 86_400_000), ...day()];
    await go(1);
    await page.getByTitle("Choose a day").click();
    const days = page.locator(".calendar-day:enabled");
    expect(await days.allInnerTexts()).toEqual(["17", "20"]);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await untilColor("blue");
    await untilTime(/^10:00:0/);
  });

  it.each([
    ["2026-03-29", 23],
    ["2026-10-25", 25],
    ["2026-11-20", 24],
  ])("shows all of %s, which has %d hours", async (key, hours) => {
    const noon = Date.parse(`${key}T12:00:00+01:00`);
    server.segments = [film("red", noon)];
    await open.page.goto(new URL(`/watch/cam0/recordings?at=${new Date(noon).toISOString()}`, base).href);
    const slider = open.page.getByRole("slider", { name: "Position in the day" });
    await slider.waitFor({ state: "attached" });
    await untilColor("red");
    expect(await slider.getAttribute("aria-valuemax")).toBe(String(hours * 3600));
  });

  it("asks for the token, and shows it with what it loads", async () => {
    const { page } = open;
    server.token = "open-sesame-open-sesame";
    await go(1);
    await page.getByPlaceholder("Token").fill("open-sesame-open-sesame");
    await page.getByRole("button", { name: "Watch" }).click();
    await untilColor("red");
    expect(page.url()).not.toContain("sesame");
  });

  it.each([
    ["nothing is recorded", () => (server.segments = []), "No recordings"],
    ["the stream is not recorded", () => (server.refuse = () => 404), "No recordings"],
    ["the disk does not answer", () => (server.refuse = () => 503), "Recordings unavailable"],
    [
      "a file cannot be read",
      () => (server.refuse = (path) => (path.includes(".mp4") ? 503 : null)),
      "Recordings unavailable",
    ],
  ])("says that %s", async (_, fail, title) => {
    const { page } = open;
    fail();
    await go(1);
    const notice = page.locator(".stage > .notice").first();
    await notice.getByText(title, { exact: true }).waitFor();
    expect(await notice.locator(".notice-title").innerText()).toBe(title);
  });

  it.each([
    ["the list", ""],
    ["a file", ".mp4"],
  ])("goes on by itself once the disk gives %s again", async (_, part) => {
    server.refuse = (path) => (path.includes(part) ? 503 : null);
    await go(1);
    await open.page.getByText("Recordings unavailable").waitFor();
    server.refuse = () => null;
    await untilColor("red");
    await open.page.getByText("Recordings unavailable").waitFor({ state: "hidden" });
    expect(await situation(open.page)).toBe("playing");
  });

  it("asks for what it cannot load ahead once, and again when its time comes", async () => {
    server.refuse = (path) => (path.includes("/green-") ? 503 : null);
    await go(12);
    await patiently(() => server.count("/green-")).toBe(1);
    await open.page.waitForTimeout(2000); // several updates of the time
    expect(server.count("/green-")).toBe(1);
    await open.page.getByText("Recordings unavailable").waitFor();
    server.refuse = () => null;
    await untilColor("green");
    expect(await time()).toMatch(/^10:00:2/);
  });

  it("goes on behind a segment that was deleted meanwhile", async () => {
    server.refuse = (path) => (path.includes("/red-") ? 404 : null);
    await go(1);
    await untilColor("green");
    expect(await time()).toMatch(/^10:00:[23]/);
    await untilToast(/^This part was deleted/);
  });

  it("moves smoothly in a day of ten thousand segments", async () => {
    const { page } = open;
    const midnight = ten - 10 * 3_600_000;
    server.segments = Array.from({ length: 10_000 }, (_, at) =>
      film("red", midnight + at * 8640, { id: `s${at}`, durationMs: 8640 }),
    );
    await go(1);
    await untilColor("red");
    const box = await page.locator(".day-bar").boundingBox();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + 10, y + height / 2);
    const before = await page.evaluate<number>("performance.now()");
    const frames = page.evaluate<number>(`new Promise((resolve) => {
      let count = 0;
      const next = () => (++count < 60 ? requestAnimationFrame(next) : resolve(performance.now() - ${before}));
      requestAnimationFrame(next);
    })`);
    for (let step = 1; step <= 60; step++) await page.mouse.move(x + (width * step) / 61, y + height / 2);
    const tookMs = await frames;
    console.log(`60 frames with 10,000 segments in ${Math.round(tookMs)} ms`);
    expect(await page.locator(".pointed-time").innerText()).toMatch(/^23:/);
    for (let step = 0; step < 5; step++) await page.keyboard.press("+");
    await page.mouse.wheel(0, -2000);
    await expect
      .poll(() => page.getByRole("button", { name: "Show more of the day" }).isEnabled())
      .toBe(true);
    expect(open.complaints).toEqual([]);
  });

  it("leads back to live, which leads here", async () => {
    const { page } = open;
    await go(1);
    await untilColor("red");
    await page.keyboard.press("l");
    await page.waitForURL(new URL("/watch/cam0", base).href);
    expect(await page.title()).toBe("cam0 · flvcast");
  });

  it.each([["Escape"], ["d"], ["?"]])(
    "can be used by everybody: axe finds no fault after %s",
    async (key) => {
      const { page } = open;
      await page.emulateMedia({ reducedMotion: "reduce" });
      await go(1);
      await untilColor("red");
      await page.keyboard.press("i");
      await page.keyboard.press(key);
      expect(await accessFaults(page)).toEqual([]);
    },
  );
});

const situation = (page: Page) =>
  page.evaluate<string>("document.querySelector('main').dataset.situation ?? ''");

/** A function in the page that tells what color the video in front shows. */
const COLOR_IN_PAGE = `(() => {
  const video = document.querySelector("video.is-front");
  if (video === null || video.readyState < 2) return "none";
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(video, 0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  if (red > 150 && green < 100 && blue < 100) return "red";
  if (green > 150 && red < 100 && blue < 100) return "green";
  return blue > 150 && red < 100 && green < 100 ? "blue" : "none";
})`;

function colorOn(page: Page): Promise<string> {
  return page.evaluate<string>(`${COLOR_IN_PAGE}()`);
}

/** What is seen, frame by frame, without repetitions; and how long a video that had ended stayed in front. */
function colorsUntil(page: Page, last: Color): Promise<{ colors: string[]; holeMs: number }> {
  return page.evaluate(`new Promise((resolve) => {
    const colorOf = ${COLOR_IN_PAGE};
    const colors = [];
    let endedMs = null;
    const look = () => {
      const color = colorOf();
      if (colors.at(-1) !== color) colors.push(color);
      if (endedMs === null && document.querySelector("video.is-front").ended) endedMs = performance.now();
      if (color === "${last}") resolve({ colors, holeMs: endedMs === null ? 0 : performance.now() - endedMs });
      else requestAnimationFrame(look);
    };
    look();
  })`);
}
