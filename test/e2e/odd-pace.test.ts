import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { startMjpegCamera } from "../real-inputs/mjpeg-camera.ts";
import { repeatedPictures, watchPictures } from "../real-inputs/watching.ts";
import { mustRun } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { start, stopAll } from "./program.ts";
import { steps } from "./recording.ts";
import { serveHttp } from "./servers.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe("inputs that go at a pace of their own", () => {
  it.concurrent("an HTTP camera is shown at its speed, and the metadata have it", async () => {
    const camera = await startMjpegCamera(folder, 5);
    const program = start(["--device", camera.url]);
    const viewer = new Viewer(await program.firstLine());
    const { speed } = await watchPictures(viewer, 15);
    viewer.leave();
    const late = new Viewer(await program.firstLine());
    await late.until(({ recording }) => recording.pictures.length > 0);
    late.leave();
    await program.stopInOrder();
    await camera.stop();
    expect(speed).toBeGreaterThan(0.75); // a busy machine shifts the ends of three seconds
    expect(speed).toBeLessThan(1.33);
    expect(await repeatedPictures(viewer, folder)).toBe(0);
    expect(Math.abs(Number(late.recording.metadata["framerate"]) / 5 - 1)).toBeLessThan(0.2);
  });

  it.concurrent("a film of still pictures plays to its end, however short --stall is", async () => {
    const path = folder.file("slides.mkv");
    const source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=1/3:duration=9"];
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...source, "-c:v", "libx264", path]);
    const program = start(["--device", path, "--stall", "1s"]);
    const viewer = new Viewer(await program.firstLine());
    const { pictures } = await viewer.toTheEnd();
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(steps(pictures).map((ms) => Math.round(ms / 1000))).toEqual([3, 3]);
  });

  it.concurrent("a live URL is live, although its metadata have a duration", async () => {
    const path = folder.file("relayed.flv");
    const source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3"];
    const coding = ["-c:v", "libx264", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p"];
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...source, ...coding, path]);
    const film = readFileSync(path);
    const server = await serveHttp((_request, response) => {
      response.writeHead(200, { "content-type": "video/x-flv" });
      response.end(film); // without a length: nobody knows that it ends
    });
    const program = start(["--device", `http://127.0.0.1:${server.port}/live.flv`]);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(() => program.stderr.includes("has ended")); // what has an end would end in order
    viewer.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0 });
    await server.stop();
  });
});
