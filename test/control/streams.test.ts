import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Holder, lockName, type NameLock } from "../../src/control/name-lock.ts";
import {
  chooseServer,
  chooseStream,
  chooseStreams,
  running,
  runningStreams,
} from "../../src/control/streams.ts";

const holder = (key: string, folder = "/run/flvcast"): Holder => ({
  ...{ key, folder, socketPath: `${folder}/${key}.sock`, pid: 7, sinceMs: 0 },
});
const [door, garden] = [holder("door"), holder("garden")];

describe("the stream that is meant", () => {
  it.each([
    ["the only one, without a name", [door], null, door],
    ["the one of that name", [door, garden], "garden", garden],
    [
      "the first of one name: that in this user's own folder",
      [garden, holder("garden", "/x")],
      "garden",
      garden,
    ],
  ])("is %s", (_which, streams, name, meant) => {
    expect(chooseStream(streams, name)).toBe(meant);
  });

  it.each([
    ["none runs", [], null, "notRunning", "no stream is running"],
    ["none runs, nor one of that name", [], "garden", "notRunning", 'no stream named "garden" is running'],
    [
      "others run",
      [door, holder("attic")],
      "garden",
      "notRunning",
      'no stream named "garden" is running; running: door, attic',
    ],
    ["several run", [door, garden], null, "usage", "several streams are running; give one of: door, garden"],
  ])("cannot be told where %s", (_why, streams, name, reason, message) => {
    expect(() => chooseStream(streams, name)).toThrow(expect.objectContaining({ reason, message }));
  });
});

describe("streams of a server", () => {
  const home = holder("home+server");
  const [front, back] = [
    { ...holder("front"), server: home },
    { ...holder("back"), server: home },
  ];
  const streams = [back, door, front];

  it.each([
    ["by their names", ["front"], [front]],
    ["by the server's and their own", ["home/front", "back"], [front, back]],
    ["all by the server's", ["home"], [back, front]],
    ["each once", ["front", "home", "home/front"], [front, back]],
  ])("are meant %s", (_how, names, meant) => {
    expect(chooseStreams(streams, names)).toEqual(meant);
  });

  it("are not meant by the server's name where one is wanted, unless it has one only", () => {
    expect(() => chooseStream(streams, "home")).toThrow(
      '"home" has several streams; give one of: back, front',
    );
    expect(chooseStream([door, front], "home")).toBe(front);
    expect(() => chooseStream(streams, "home/door")).toThrow('no stream named "home/door" is running');
  });

  it("are reloaded by the server's name, which may be left out for the only one", () => {
    const yard = holder("yard+server");
    expect([chooseServer([home], null), chooseServer([home, yard], "yard")]).toEqual([home, yard]);
    expect(() => chooseServer([], null)).toThrow("no server is running (flvcast serve)");
    expect(() => chooseServer([home, yard], null)).toThrow(
      "several servers are running; give one of: home, yard",
    );
    expect(() => chooseServer([home], "x")).toThrow('no server named "x" is running; running: home');
  });
});

describe("the streams that run", () => {
  let folder: string;
  let taken: NameLock[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flvcast-streams-"));
    taken = [];
  });
  afterEach(async () => {
    for (const lock of taken) if (lock.kind === "mine") await lock.release();
    rmSync(folder, { recursive: true, force: true });
  });

  it("stand in the order of their names, without what only keeps a turn", async () => {
    for (const key of ["garden", "attic", "garden+ensure", "door"]) {
      taken.push(await lockName(folder, key, (socket) => socket.end()));
    }
    const found = await runningStreams({ RUNTIME_DIRECTORY: folder });
    expect(found.map(({ key }) => key)).toEqual(["attic", "door", "garden"]);
  });

  it("are told apart by the server that has them", async () => {
    for (const key of ["front", "home+server"])
      taken.push(await lockName(folder, key, (socket) => socket.end()));
    const { streams, servers } = await running({ RUNTIME_DIRECTORY: folder });
    expect(servers.map(({ key }) => key)).toEqual(["home+server"]);
    expect(streams.map(({ key, server }) => [key, server?.key])).toEqual([["front", "home+server"]]);
  });

  it("cannot be found on Windows, which is said", async () => {
    vi.spyOn(process, "platform", "get").mockReturnValue("win32");
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(runningStreams({ RUNTIME_DIRECTORY: folder })).rejects.toMatchObject({
      ...{ reason: "failure", message: expect.stringContaining("on Windows: stop streams with Ctrl-C") },
    });
  });

  it("are none where there is no folder", async () => {
    expect(await runningStreams({ RUNTIME_DIRECTORY: join(folder, "nowhere") })).toEqual([]);
  });
});
