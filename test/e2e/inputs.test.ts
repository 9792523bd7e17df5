import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram, mustRun } from "../run.ts";
import { startDisplay } from "./display.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, decodedHashes, probeStreams } from "./judges.ts";
import { type MediaName, makeMedia } from "./media-files.ts";
import { until } from "./processes.ts";
import { type Program, start, stopAll } from "./program.ts";
import { type Recording, steps } from "./recording.ts";
import { startRtspCamera } from "./rtsp-camera.ts";
import { freePort, serveHttp } from "./servers.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
let media: (name: MediaName) => string;

beforeAll(async () => {
  media = await makeMedia(folder);
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** A whole stream, from its first key frame to its last chunk. */
interface Seen {
  readonly recording: Recording;
  readonly path: string;
}

let tapes = 0;

/** Watches a stream to its own end, which must be an orderly one. */
async function watchToTheEnd(program: Program): Promise<Seen> {
  const viewer = new Viewer(await program.firstLine());
  const recording = await viewer.toTheEnd();
  expect(viewer.hasLastChunk).toBe(true);
  const { exitCode, stderr } = await program.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const path = folder.file(`seen-${tapes++}.flv`);
  writeFileSync(path, viewer.bytes);
  expect(await decodeComplaints(path)).toBe("");
  return { recording, path };
}

const both = { video: true, audio: true };
const onlyVideo = { video: true, audio: false };
const onlyAudio = { video: false, audio: true };

describe("a media file is streamed to its end, and the stream ends with it", () => {
  it.concurrent.each([
    { name: "film.mp4", tracks: both },
    { name: "film.ts", tracks: both },
    { name: "reordered.mp4", tracks: onlyVideo },
    { name: "silent.mp4", tracks: onlyVideo },
    { name: "cover.mp3", tracks: onlyAudio },
    { name: "odd.mkv", tracks: onlyVideo },
    { name: "varying.mkv", tracks: onlyVideo },
    { name: "it's 50% a: film.mp4", tracks: both },
  ] as const)("$name", async ({ name, tracks }) => {
    const beganMs = performance.now();
    const { recording } = await watchToTheEnd(start(["--device", media(name)]));
    expect(performance.now() - beganMs).toBeGreaterThan(1900); // at its own pace
    expect(recording.tracks).toEqual(tracks);
    expect(recording.pictures.length > 0).toBe(tracks.video);
    expect(recording.sounds.length > 0).toBe(tracks.audio);
    // Not from the first one on: who joins late has missed the beginning.
    const endMs = Math.max(...recording.tags.map(({ timestampMs }) => timestampMs));
    expect(endMs).toBeGreaterThan(1800);
    expect(endMs).toBeLessThan(2200);
  });

  it.concurrent("a picture of odd sides loses its last row and column", async () => {
    const { recording, path } = await watchToTheEnd(start(["--device", media("odd.mkv")]));
    expect(recording.metadata).toMatchObject({ width: 320, height: 240 });
    expect(await probeStreams(path)).toContainEqual(expect.objectContaining({ width: 320, height: 240 }));
  });

  it.concurrent("a varying frame rate stays as it is: no picture is doubled or dropped", async () => {
    const { recording } = await watchToTheEnd(start(["--device", media("varying.mkv")]));
    const distances = steps(recording.pictures);
    expect(distances.filter((ms) => Math.abs(ms - 100) <= 1)).toHaveLength(10);
    expect(distances.filter((ms) => Math.abs(ms - 33) <= 1)).toHaveLength(29);
  });

  it.concurrent("--loop goes on past the end, evenly", async () => {
    const program = start(["--device", media("film.mp4"), "--loop"]);
    const recording = await new Viewer(await program.firstLine()).watch(5);
    await program.stopInOrder();
    const seams = steps(recording.pictures).filter((ms) => Math.abs(ms - 40) > 1);
    expect(seams.length).toBeLessThanOrEqual(2);
    expect(Math.max(0, ...seams)).toBeLessThan(80); // the file's sound is a little longer than its picture
    for (const { timestampMs } of recording.sounds) {
      const frames = (timestampMs - (recording.sounds[0]?.timestampMs ?? 0)) / (1024 / 48);
      expect(Math.abs(frames - Math.round(frames))).toBeLessThan(0.1);
    }
    expect(Math.max(...steps(recording.sounds))).toBeLessThan(80);
  });

  it.concurrent.each([
    { name: "still.jpg", flags: [], stepMs: 40 },
    { name: "still.jpg", flags: ["--fps", "5"], stepMs: 200 },
    { name: "still.png", flags: ["--fps", "10"], stepMs: 100 },
  ] as const)(
    "--loop shows the image $name for as long as it lasts: $flags",
    async ({ name, flags, stepMs }) => {
      const program = start(["--device", media(name), "--loop", ...flags]);
      const recording = await new Viewer(await program.firstLine()).watch(3);
      expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
      expect(recording.pictures.length).toBeGreaterThan(5);
      expect(steps(recording.pictures).filter((ms) => Math.abs(ms - stepMs) > 1)).toEqual([]);
    },
  );

  it.concurrent("--duration ends it before", async () => {
    const { recording } = await watchToTheEnd(start(["--device", media("film.mp4"), "--duration", "1"]));
    expect(recording.spanMs).toBeGreaterThan(700);
    expect(recording.spanMs).toBeLessThan(1500);
  });
});

describe("of several videos in a file", () => {
  it.concurrent.each([
    { flags: [], size: { width: 320, height: 240 } },
    { flags: ["--map", "v:0"], size: { width: 160, height: 120 } },
    { flags: ["--variant", "120p", "--copy"], size: { width: 160, height: 120 } },
  ])("the largest goes out, or the one that is asked for: $flags", async ({ flags, size }) => {
    const { recording } = await watchToTheEnd(start(["--device", media("two-videos.ts"), ...flags]));
    expect(recording.metadata).toMatchObject(size);
  });

  it.concurrent("one that does not exist is refused, with what there is", async () => {
    const { exitCode, stderr } = await start(["--device", media("two-videos.ts"), "--variant", "720p"]).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "flvcast: no variant 720p; the input has 0 (160x120), 1 (320x240)\n",
    });
  });
});

describe("a named pipe", () => {
  it.concurrent("is opened once: its writer stays, and every frame of it is streamed", async () => {
    const path = folder.file("pipe.y4m");
    await mustRun(["mkfifo", path]);
    const program = start(["--device", path, "--gop", "3"]); // whoever comes late has all of it
    const frames = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2", "-pix_fmt", "yuv420p"];
    const writer = mustRun([
      "ffmpeg",
      "-nostdin",
      "-v",
      "error",
      ...frames,
      "-f",
      "yuv4mpegpipe",
      "-y",
      path,
    ]);
    const { recording } = await watchToTheEnd(program);
    await writer;
    expect(recording.pictures.length).toBe(50);
    expect(recording.spanMs).toBe(49 * 40);
  });
});

describe("sound beside the picture", () => {
  it.concurrent("--audio FILE is a second input, and the stream ends with the first", async () => {
    const args = ["--device", media("silent.mp4"), "--audio", media("cover.mp3")];
    const { recording } = await watchToTheEnd(start(args));
    expect(recording.tracks).toEqual(both);
    expect(recording.sounds.length).toBeGreaterThan(60);
    expect(
      Math.abs((recording.sounds[0]?.timestampMs ?? 1e6) - (recording.pictures[0]?.timestampMs ?? 0)),
    ).toBeLessThan(500);
  });

  it.concurrent("--audio none leaves the file's own sound out", async () => {
    const { recording } = await watchToTheEnd(start(["--device", media("film.mp4"), "--audio", "none"]));
    expect(recording.tracks).toEqual(onlyVideo);
    expect(recording.audio).toEqual([]);
  });
});

describe("--copy", () => {
  it.concurrent.each(["film.mp4", "film.ts"] as const)(
    "passes the frames of %s through as they are",
    async (name) => {
      const { recording, path } = await watchToTheEnd(start(["--device", media(name), "--copy"]));
      expect(recording.metadata).toMatchObject({ width: 320, height: 240, audiosamplerate: 48_000 });
      expect(recording.sounds.filter(({ data }) => data[0] === 0xff)).toEqual([]); // no ADTS
      const pictures = await decodedHashes(path, "v");
      expect(pictures.length).toBeGreaterThanOrEqual(25);
      expect(pictures).toEqual((await decodedHashes(media(name), "v")).slice(-pictures.length));
      const sounds = await adtsOf(path);
      const originals = await adtsOf(media(name));
      expect(sounds.length).toBeGreaterThan(originals.length / 2);
      expect(originals.includes(sounds)).toBe(true);
    },
  );
});

describe("a URL", () => {
  it.concurrent("that serves MPEG-TS live", async () => {
    const picture = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=6"];
    const sound = ["-re", "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=6"];
    const coded = [
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-tune",
      "zerolatency",
      "-g",
      "25",
      "-c:a",
      "aac",
    ];
    const live = [...picture, ...sound, ...coded, "-flush_packets", "1", "-f", "mpegts", "-"];
    const server = await serveHttp((_request, response) => {
      const command = ["-nostdin", "-v", "fatal", ...live];
      const origin = spawn("ffmpeg", command, { stdio: ["ignore", "pipe", "inherit"] });
      origin.stdout.pipe(response);
      response.once("close", () => origin.kill()); // a client that only looks what is there leaves soon
    });
    const program = start(["--device", `http://127.0.0.1:${server.port}/film.ts`]);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(() => program.stderr.includes("is back")); // the server has ended it, and begun another
    const { spanMs, tracks } = viewer.recording;
    await viewer.until(({ recording }) => recording.spanMs > spanMs + 500);
    viewer.leave();
    const { exitCode, stderr } = await program.stop();
    await server.stop();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/127\.0\.0\.1:\d+\/… has ended; /),
    });
    expect(tracks).toEqual(both);
    expect(spanMs).toBeGreaterThan(1500);
  });

  it.concurrent.each([
    { how: "re-encoded", flags: [] },
    { how: "passed through", flags: ["--copy"] },
  ])("of an RTSP camera with a password, which nobody sees, $how", async ({ flags }) => {
    const garden = await startRtspCamera(8);
    const program = start(["--device", garden.url, "--verbose", ...flags]);
    const viewer = new Viewer(await program.firstLine());
    const recording = await viewer.watch(2);
    const { exitCode, stdout, stderr } = await program.stop();
    await garden.stop();
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toMatch(/hunter2|xyz/);
    expect(recording.tracks).toEqual(onlyVideo);
    expect(recording.metadata).toMatchObject({ width: 320, height: 240 });
    expect(recording.pictures.length).toBeGreaterThan(40);
    expect(Math.min(...steps(recording.pictures))).toBeGreaterThan(0);
  });

  it.concurrent("of another flvcast: its stream is an input like any other", async () => {
    const origin = start(["--device", "test", "--size", "320x240", "--fps", "25"]);
    const relay = start(["--device", await origin.firstLine(), "--copy"]);
    const viewer = new Viewer(await relay.firstLine());
    await viewer.until(({ recording }) => recording.spanMs > 1500);
    await relay.stopInOrder();
    await origin.stopInOrder();
    const recording = await viewer.toTheEnd();
    expect(viewer.hasLastChunk).toBe(true);
    expect(recording.tracks).toEqual(both);
    expect(recording.metadata).toMatchObject({ width: 320, height: 240 });
    for (const ms of steps(recording.pictures)) expect(Math.abs(ms - 40)).toBeLessThanOrEqual(1);
  });

  it.concurrent("of another flvcast that is restarted: viewers stay", async () => {
    const small = ["--device", "test", "--size", "320x240", "--fps", "25", `--port=${await freePort()}`];
    const first = start(small);
    const relay = start(["--device", await first.firstLine(), "--copy"]);
    const viewer = new Viewer(await relay.firstLine());
    await viewer.until(({ recording }) => recording.spanMs > 1000);
    await first.stopInOrder();
    await until("its end is noticed", () => relay.stderr.includes("has ended"));
    const second = start(small);
    await second.firstLine();
    await until("it is back", () => relay.stderr.includes("is back"));
    const { spanMs } = viewer.recording;
    await viewer.until(({ recording }) => recording.spanMs > spanMs + 1000);
    viewer.leave();
    expect((await relay.stop()).exitCode).toBe(0);
    await second.stopInOrder();
    expect(Math.min(...steps(viewer.recording.pictures))).toBeGreaterThan(0);
  });

  it.concurrent("that serves ffmpeg's own FLV live, which says that it is 0 s long", async () => {
    const source = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25"];
    const coded = [
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-g",
      "25",
      "-f",
      "flv",
      "-flush_packets",
      "1",
      "-",
    ];
    const server = await serveHttp((_request, response) => {
      const origin = spawn("ffmpeg", ["-nostdin", "-v", "fatal", ...source, ...coded], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      origin.stdout.pipe(response);
      response.once("close", () => origin.kill());
      setTimeout(() => origin.kill(), 4000).unref();
    });
    const program = start(["--device", `http://127.0.0.1:${server.port}/live.flv`]);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(() => program.stderr.includes("is back"));
    viewer.leave();
    expect((await program.stop()).exitCode).toBe(0);
    await server.stop();
  });
});

describe("the screen", () => {
  it("is streamed in its own size, an odd one cropped", async ({ skip }) => {
    if (findProgram("Xvfb") === null) {
      console.log("skipped: the screen: Xvfb is not installed");
      skip();
    }
    const display = await startDisplay("641x361");
    try {
      const program = start(["--device", "screen", "--fps", "10"], { env: { DISPLAY: display.name } });
      const recording = await new Viewer(await program.firstLine()).watch(1.5);
      await program.stopInOrder();
      expect(recording.tracks).toEqual(onlyVideo);
      expect(recording.metadata).toMatchObject({ width: 640, height: 360, framerate: 10 });
      expect(recording.pictures.length).toBeGreaterThan(12);
    } finally {
      await display.stop();
    }
  });
});

/** Three seconds of raw H.264 on its stdout, in real time, as a camera's program writes it. */
function camera(...args: readonly string[]): ChildProcess {
  const encoder = ["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g", "25"];
  const source = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=3"];
  const command = ["-nostdin", "-v", "error", ...source, ...encoder, "-pix_fmt", "yuv420p", ...args];
  return spawn("ffmpeg", [...command, "-flush_packets", "1", "-f", "h264", "-"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Whoever comes late has all of it nevertheless. */
const oneGroup = ["-g", "75"];

describe("raw H.264 on stdin", () => {
  it("is streamed as it is, evenly timed, and the stream ends with it", async () => {
    const program = start(["--device", "-"]);
    camera(...oneGroup).stdout?.pipe(program.stdin);
    const { recording } = await watchToTheEnd(program);
    expect(recording.tracks).toEqual(onlyVideo);
    expect(recording.metadata).toMatchObject({ width: 320, height: 240 });
    expect(recording.pictures[0]?.isKey).toBe(true);
    expect(recording.pictures).toHaveLength(75);
    const errorsMs = steps(recording.pictures.slice(15)).map((ms) => Math.abs(ms - 40)); // the first teach it the rate
    const within = (ms: number) => errorsMs.filter((errorMs) => errorMs <= ms).length / errorsMs.length;
    expect(within(30)).toBeGreaterThan(0.5); // on a busy machine ffmpeg itself writes unevenly
  });

  it.concurrent("may come cut anywhere", async () => {
    const program = start(["--device", "-"]);
    const sizes = [1, 2, 3, 5, 1000, 7, 4000, 1];
    let cuts = 0;
    camera(...oneGroup)
      .stdout?.on("data", (chunk: Buffer) => {
        for (let at = 0; at < chunk.length; ) {
          const sizeBytes = sizes[cuts++ % sizes.length] ?? 1;
          program.stdin.write(chunk.subarray(at, at + sizeBytes));
          at += sizeBytes;
        }
      })
      .on("end", () => program.stdin.end());
    const { recording } = await watchToTheEnd(program);
    expect(recording.pictures).toHaveLength(75);
  });

  it.concurrent("begins at the first IDR picture, when it is joined within another", async () => {
    const program = start(["--device", "-"]);
    let missedBytes = 0;
    camera()
      .stdout?.on("data", (chunk: Buffer) => {
        const missed = Math.min(chunk.length, 2000 - missedBytes);
        missedBytes += missed;
        program.stdin.write(chunk.subarray(missed));
      })
      .on("end", () => program.stdin.end());
    const { recording } = await watchToTheEnd(program);
    expect(recording.pictures[0]?.isKey).toBe(true);
    expect(recording.pictures).toHaveLength(50); // of 75; the first group has lost its beginning
  });

  it.concurrent("without a single IDR picture is refused, and named", async () => {
    const program = start(["--device", "-"]);
    camera("-bsf:v", "filter_units=remove_types=5").stdout?.pipe(program.stdin);
    expect(await program.ended).toEqual({
      exitCode: 19,
      signal: null,
      stdout: "",
      stderr: expect.stringMatching(
        /^flvcast: stdin sent \d+ frames, but no IDR frame with SPS and PPS .*\n$/,
      ),
    });
  });
});

/** A file's AAC frames behind ADTS headers, which depend on nothing but the frame and its settings. */
async function adtsOf(path: string): Promise<Buffer> {
  const { bytes } = await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-i", path].concat([
      "-map",
      "0:a",
      "-c",
      "copy",
      "-f",
      "adts",
      "-",
    ]),
  );
  return bytes;
}
