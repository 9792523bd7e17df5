import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Holder, lockName, type NameLock } from "../../src/control/name-lock.ts";
import { chooseStream, runningStreams } from "../../src/control/streams.ts";

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
