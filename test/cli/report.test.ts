import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { OnAir } from "../../src/channel/description.ts";
import type { Io } from "../../src/cli/command.ts";
import { Report } from "../../src/cli/report.ts";
import { type LogEvent, notice, warning } from "../../src/log.ts";
import type { LogFormat } from "../../src/settings/settings.ts";
import { FakeIo } from "./fake-io.ts";

afterEach(() => {
  vi.useRealTimers();
});

interface Scene {
  readonly columns?: number;
  readonly isTerminal?: boolean;
  readonly env?: Record<string, string>;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly logFormat?: LogFormat;
}

function report({ columns = 0, isTerminal = false, env = {}, ...loudness }: Scene = {}) {
  const { stderr } = new FakeIo({ isTerminal });
  const terminal = { columns, cursorTo: () => true, moveCursor: () => true, clearLine: () => true };
  Object.assign(stderr, terminal);
  const told = new Report(
    stderr as unknown as Io["stderr"], // as much of a terminal as ora touches
    { quiet: false, json: false, verbose: false, logFormat: "auto", ...loudness },
    env,
  );
  return { told, text: () => stderr.text, stderr };
}

const terminal = { isTerminal: true, columns: 80 };

describe("while a stream starts", () => {
  test.each<[scene: Scene, text: string]>([
    [{}, ""],
    [{ ...terminal, columns: 0 }, ""],
    [{ ...terminal, isTerminal: false }, ""],
    [{ ...terminal, quiet: true }, ""],
    [{ ...terminal, json: true }, ""],
    [{ ...terminal, logFormat: "json" }, ""],
    [{ ...terminal, env: { NO_COLOR: "1" } }, ""],
    [{ ...terminal, verbose: true }, 'flvcast: Starting "garden": waiting for the first key frame\n'],
    [{ verbose: true }, 'flvcast: Starting "garden": waiting for the first key frame\n'],
    [{ verbose: true, quiet: true }, ""],
  ])("with %j nothing spins", async (scene, text) => {
    await import("ora");
    const { told, text: said } = report(scene);
    told.starting("garden");
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    told.started();
    expect(said()).toBe(text);
  });

  test("on a terminal it spins until it has started", async () => {
    const { told, text } = report(terminal);
    told.starting("garden");
    await expect.poll(text).toContain('Starting "garden": waiting for the first key frame');
    told.started();
  });

  test("a start that is over before the spinner is loaded shows none", async () => {
    const { told, text } = report(terminal);
    told.starting("garden");
    told.started();
    await import("ora");
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(text()).toBe("");
  });
});

describe("who hears of an event:", () => {
  const debug: LogEvent = { level: "debug", event: "ffmpeg", program: "ffmpeg", text: "frame", fields: {} };
  const events = [debug, notice("public-access", "back"), warning("address-lost", "lost", { address: "a" })];
  const failed: LogEvent = {
    level: "error",
    event: "failed",
    text: "failed",
    fields: { reason: "usage", exitCode: 2 },
  };

  test.each<[scene: Scene, text: string]>([
    [{}, "flvcast: back\nflvcast: lost\nflvcast: failed\n"],
    [{ verbose: true }, "ffmpeg: frame\nflvcast: back\nflvcast: lost\nflvcast: failed\n"],
    [{ quiet: true }, "flvcast: failed\n"],
  ])("with %j", (scene, text) => {
    const { told, text: said } = report(scene);
    for (const event of [...events, failed]) told.event(event);
    expect(said()).toBe(text);
  });
});

test("what repeats is counted, and the count said when its time is over, or at the end", async () => {
  vi.useFakeTimers();
  const { told, text } = report();
  const back = notice("public-access", "back");
  for (let times = 0; times < 3; times += 1) told.event(back);
  await vi.advanceTimersByTimeAsync(4000);
  for (let times = 0; times < 2; times += 1) told.event(notice("address-back", "lost", { address: "a" }));
  expect(text()).toBe("flvcast: back\nflvcast: lost\n");
  await vi.advanceTimersByTimeAsync(5990);
  expect(text()).toBe("flvcast: back\nflvcast: lost\n");
  await vi.advanceTimersByTimeAsync(20);
  expect(text()).toBe("flvcast: back\nflvcast: lost\nflvcast: back (2 times more)\n");
  await vi.advanceTimersByTimeAsync(4000);
  expect(text()).toMatch(/\nflvcast: lost \(once more\)\n$/);
  for (let times = 0; times < 2; times += 1) told.event(back);
  told.end();
  expect(text()).toMatch(/\nflvcast: back\nflvcast: back \(once more\)\n$/);
  expect(vi.getTimerCount()).toBe(0);
});

test("lines that nobody reads are dropped, and counted when there is room again", () => {
  const { told, text, stderr } = report();
  stderr.writableLength = 64 * 1024;
  for (const line of ["one", "two"]) told.event(notice("public-access", line));
  stderr.writableLength = 0;
  stderr.emit("drain");
  stderr.writableLength = 64 * 1024;
  told.event(notice("public-access", "three"));
  stderr.emit("drain");
  expect(text()).toBe(
    "flvcast: 2 lines were dropped here: nothing read them in time\nflvcast: 1 line was dropped here: nothing read them in time\n",
  );
});

describe("on the air", () => {
  const url = "http://a/garden.flv";
  const onAir: OnAir = {
    ...{
      name: "garden",
      url,
      pageUrl: "http://a/watch/garden",
      urls: [url],
      isPublic: false,
      needsToken: false,
      tokenFile: null,
    },
    ...{ codecs: [], size: null, fps: null, encoder: null, pid: 1 },
  };
  const needs = "flvcast: the stream needs a token; print the full URL with: flvcast url garden\n";
  const shown = `${url}?token=secret`;

  test.each<[onAir: Partial<OnAir>, shown: string, text: string]>([
    [{}, url, ""],
    [{ isPublic: true }, url, "flvcast: anyone who can reach this machine can watch (--auth none)\n"],
    [{ isPublic: true, needsToken: true }, shown, ""],
    [{ isPublic: true, needsToken: true }, url, needs],
    [{ needsToken: true }, shown, ""],
    [{ needsToken: true }, url, needs],
  ])("%j, shown as %s, is told", (changes, shownUrl, text) => {
    const { told, text: said } = report();
    told.access({ ...onAir, ...changes }, shownUrl);
    expect(said()).toBe(text);
  });

  test.each<[scene: Scene, isForPerson: boolean]>([
    [terminal, true],
    [{ ...terminal, env: { NO_COLOR: "1" } }, true],
    [{}, false],
    [{ ...terminal, quiet: true }, false],
    [{ ...terminal, json: true }, false],
    [{ ...terminal, logFormat: "json" }, false],
  ])("with %j, a person reads more: %s", (scene, isForPerson) => {
    expect(report(scene).told.isForPerson).toBe(isForPerson);
  });

  test("in JSON, the token's file is a field", () => {
    const { told, text } = report({ logFormat: "json" });
    told.access({ ...onAir, needsToken: true, tokenFile: "/kept/token" }, url);
    expect(JSON.parse(text())).toMatchObject({
      event: "token-hidden",
      name: "garden",
      tokenFile: "/kept/token",
    });
  });
});
