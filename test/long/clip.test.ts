import { readdirSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Folder, makeFolder } from "../e2e/folder.ts";
import { decodeComplaints, probeStreams } from "../e2e/judges.ts";
import { type MediaName, makeMedia } from "../e2e/media-files.ts";
import { until } from "../e2e/processes.ts";
import { type End, Program, start, stopAll } from "../e2e/program.ts";
import { mustRun } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";

const media = makeFolder();
let mediaFile: (name: MediaName) => string;
let folder: Folder;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  mediaFile = await makeMedia(media);
});
beforeEach(() => {
  env = { RUNTIME_DIRECTORY: freshStateFolder() };
  folder = makeFolder();
});
afterEach(async () => {
  await stopAll();
  folder.remove();
});
afterAll(() => media.remove());

const cheap = ["--device", "test", "--size", "160x120", "--fps", "10"];

async function garden(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = start(["--name", "garden", ...args], { env: { ...env, ...more } });
  await program.firstLine();
  return program;
}

const clip = (...args: readonly string[]): Promise<End> => new Program(["clip", ...args], { env }).ended;

/** How long the whole of it is, and whether it begins with a key frame. */
async function judged(path: string): Promise<{ readonly seconds: number; readonly first: string }> {
  const entries = ["-show_entries", "format=duration:packet=flags", "-select_streams", "v", "-of", "json"];
  const { stdout } = await mustRun(["ffprobe", "-v", "warning", ...entries, path]);
  const told: {
    readonly format: { readonly duration: string };
    readonly packets: readonly { readonly flags: string }[];
  } = JSON.parse(stdout);
  return { seconds: Number(told.format.duration), first: told.packets[0]?.flags ?? "" };
}

/** Until so much is kept. */
async function kept(seconds: number): Promise<void> {
  const path = folder.file("so-far.flv");
  const isKept = async () => {
    const { exitCode } = await clip("--force", "-o", path);
    return exitCode === 0 && (await judged(path)).seconds >= seconds;
  };
  await until(`${seconds} s are kept`, isKept, 120_000);
}

const KEY = expect.stringMatching(/^K/);

describe("flvcast clip", () => {
  it("saves the last seconds as MP4 and as FLV, from a key frame on", async () => {
    const program = await garden([...cheap, "--history", "10s"]);
    await kept(10);
    for (const name of ["whole.mp4", "whole.flv"]) {
      const path = folder.file(name);
      expect(await clip("garden", "-o", path)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
      const { seconds, first } = await judged(path);
      expect(first).toEqual(KEY);
      expect(seconds).toBeGreaterThanOrEqual(10);
      expect(seconds).toBeLessThan(11.5);
      expect((await probeStreams(path)).map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
      expect(await decodeComplaints(path)).toBe("");
    }
    const part = folder.file("part.mp4");
    expect(await clip("--last", "3s", "-o", part)).toMatchObject({ exitCode: 0 });
    const { seconds } = await judged(part);
    expect(seconds).toBeGreaterThanOrEqual(3);
    expect(seconds).toBeLessThan(4.5);
    expect(readdirSync(folder.path).toSorted()).toEqual(["part.mp4", "so-far.flv", "whole.flv", "whole.mp4"]);
    await program.stopInOrder();
  });

  it("is a whole FLV file for a pipe, without fault", async () => {
    await garden([...cheap, "--history", "2s"]);
    const path = folder.file("piped.flv");
    await mustRun(["sh", "-c", `"$0" "$1" clip > ${path}`, process.execPath, flvcastProgram], {
      env: { ...process.env, ...env },
    });
    const { exitCode, stdout } = await new Program(["check", path], { env }).ended;
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  });

  it("of a stream with B-frames decodes from its first frame", async () => {
    await garden(["--device", mediaFile("reordered.mp4"), "--loop", "--copy", "--history", "3s"]);
    await kept(3);
    for (const name of ["b.mp4", "b.flv"]) {
      const path = folder.file(name);
      expect(await clip("-o", path)).toMatchObject({ exitCode: 0 });
      expect((await judged(path)).first).toEqual(KEY);
      expect(await probeStreams(path)).toMatchObject([{ has_b_frames: 2 }]);
      expect(await decodeComplaints(path)).toBe("");
    }
  });

  it("is at /live/NAME/clip.flv and .mp4, too, with ranges", async () => {
    const program = await garden([...cheap, "--history", "5s"]);
    await kept(5);
    const url = new URL(await program.firstLine());
    for (const name of ["clip.flv", "clip.mp4"]) {
      const response = await fetch(new URL(`/live/garden/${name}?last=2s`, url));
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect([response.status, response.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
      writeFileSync(folder.file(name), bytes);
      const { seconds, first } = await judged(folder.file(name));
      expect(first).toEqual(KEY);
      expect(seconds).toBeGreaterThanOrEqual(2);
      expect(seconds).toBeLessThan(3.5);
      expect(await decodeComplaints(folder.file(name))).toBe("");
      const headers = { Range: "bytes=-100" };
      const end = await fetch(new URL(`/live/garden/${name}?last=2s`, url), { headers });
      expect([end.status, new Uint8Array(await end.arrayBuffer())]).toEqual([206, bytes.subarray(-100)]);
    }
    await program.stopInOrder();
  });

  it("says what to do where nothing is kept, and does not overwrite", async () => {
    await garden(cheap);
    const stderr = 'flvcast: "garden" keeps nothing for clips; start it with --history, e.g. --history 30s\n';
    expect(await clip("-o", folder.file("no.mp4"))).toMatchObject({ exitCode: 1, stderr });
    writeFileSync(folder.file("old.mp4"), "old");
    expect(await clip("-o", folder.file("old.mp4"))).toMatchObject({
      ...{ exitCode: 1, stderr: expect.stringMatching(/old\.mp4 already exists; overwrite it with --force/) },
    });
    expect(readdirSync(folder.path)).toEqual(["old.mp4"]);
  });
});

describe.skipIf(process.platform === "win32")("SIGUSR1", () => {
  it("saves a clip, and opens no debugger", async () => {
    const program = await garden([...cheap, "--history", "2s", "--clip-folder", folder.path]);
    program.signal("SIGUSR1");
    await until("it is saved", async () => readdirSync(folder.path).some((name) => name.endsWith(".mp4")));
    const [name = ""] = readdirSync(folder.path);
    expect(name).toMatch(/^garden-\d{8}T\d{6}Z\.mp4$/);
    expect((await judged(folder.file(name))).first).toEqual(KEY);
    expect(await decodeComplaints(folder.file(name))).toBe("");
    const { exitCode, stderr } = await program.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^flvcast: saved the last \d+\.\d s to \S+\.mp4\n$/);
  });

  it("says why there is none, and the stream goes on", async () => {
    const program = await garden([...cheap, "--history", "2s", "--clip-folder", folder.file("none")]);
    program.signal("SIGUSR1");
    await until("it says so", async () => program.stderr !== "");
    const { exitCode, stderr } = await program.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^flvcast: cannot save a clip: .*none: does not exist\n$/);
  });

  it("saves FLV where there is no ffmpeg", async () => {
    const source = await garden([...cheap, "--history", "2s"]);
    const url = await source.firstLine();
    const own = ["--history", "2s", "--clip-folder", folder.path];
    const relay = start(["--name", "relay", "--device", url, "--copy", ...own], {
      env: { ...env, PATH: "/nowhere" },
    });
    await relay.firstLine();
    relay.signal("SIGUSR1");
    await until("it is saved", async () => readdirSync(folder.path).some((name) => name.endsWith(".flv")));
    const [name = ""] = readdirSync(folder.path);
    expect(name).toMatch(/^relay-\d{8}T\d{6}Z\.flv$/);
    expect((await judged(folder.file(name))).first).toEqual(KEY);
    expect(await decodeComplaints(folder.file(name))).toBe("");
  });
});
