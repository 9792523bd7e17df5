import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { start, stopAll } from "../e2e/program.ts";
import { serveHttp } from "../e2e/servers.ts";
import { Viewer } from "../e2e/viewer.ts";
import { startMjpegCamera } from "../real-inputs/mjpeg-camera.ts";
import { repeatedPictures, watchPictures } from "../real-inputs/watching.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe("an HTTP camera whose pictures ffmpeg does not play is shown at its own speed", () => {
  it.concurrent.each([
    { form: "no-first-boundary" },
    { form: "no-first-boundary", contentType: "text/html" },
    { form: "concatenated", contentType: "image/jpeg" },
    { form: "multipart", contentType: "image/jpeg" },
  ] as const)("$form as $contentType", async (options) => {
    const camera = await startMjpegCamera(folder, 5, options);
    const program = start(["--device", camera.url, "--ready-timeout", "8s"]);
    const viewer = new Viewer(await program.firstLine());
    const { speed, stepMs } = await watchPictures(viewer, 15);
    viewer.leave();
    await program.stopInOrder();
    await camera.stop();
    expect(speed).toBeGreaterThan(0.75); // a busy machine shifts the ends of three seconds
    expect(speed).toBeLessThan(1.33);
    expect(Math.abs(stepMs - 200)).toBeLessThan(100);
    expect(await repeatedPictures(viewer, folder)).toBe(0);
  });
});

const digest = (...parts: readonly string[]) => createHash("md5").update(parts.join(":")).digest("hex");

/** A camera that lets `admin` in with Digest alone, once for each nonce, and counts requests. */
function digestCamera(password: string) {
  let nonces = 0;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const given = Object.fromEntries(
      [...(request.headers.authorization ?? "").matchAll(/(\w+)="?([^",]*)/g)].map(([, key, value]) => [
        key,
        value,
      ]),
    ) as Readonly<Record<string, string>>; // every match has both
    const { nonce = "", cnonce = "", response: answer } = given;
    const key = digest("admin", "cam", password);
    const right = digest(key, nonce, "00000001", cnonce, "auth", digest("GET", request.url ?? ""));
    if (nonce === `n${nonces}` && answer === right) return false;
    nonces += 1;
    const challenge = `Digest realm="cam", qop="auth", nonce="n${nonces}", algorithm=MD5`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
    return true;
  };
}

describe("a URL of one picture is asked for it again and again", () => {
  it.concurrent("as often as --fps says, each time with the password that the camera wants", async () => {
    const camera = await startMjpegCamera(folder, 10, { form: "snapshot", refuses: digestCamera("s3cret") });
    const url = camera.url.replace("://", "://admin:s3cret@");
    const program = start(["--device", url, "--fps", "4"]);
    const viewer = new Viewer(await program.firstLine());
    const { speed, stepMs } = await watchPictures(viewer, 12);
    viewer.leave();
    await program.stopInOrder();
    await camera.stop();
    expect(speed).toBeGreaterThan(0.75);
    expect(speed).toBeLessThan(1.33);
    expect(Math.abs(stepMs - 250)).toBeLessThan(125);
    expect(await repeatedPictures(viewer, folder)).toBe(0);
    expect(viewer.recording.metadata["framerate"]).toBe(4);
  });

  it.concurrent("and a camera that answers no more is an input that is lost, and comes back", async () => {
    let isBroken = false;
    const refuses = (_request: IncomingMessage, response: ServerResponse) => {
      if (isBroken) response.writeHead(503).end();
      return isBroken;
    };
    const camera = await startMjpegCamera(folder, 10, { form: "snapshot", refuses });
    const program = start(["--device", camera.url, "--fps", "5"]);
    const viewer = new Viewer(await program.firstLine());
    await watchPictures(viewer, 5);
    isBroken = true;
    await viewer.until(() => program.stderr.includes("answered with HTTP 503; check the URL; retrying"));
    isBroken = false;
    await viewer.until(() => program.stderr.includes("is back"));
    await watchPictures(viewer, 5);
    viewer.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0 });
    await camera.stop();
  });

  it.concurrent.each([
    {
      what: "another format",
      type: "image/png",
      body: png(),
      says: "sends images in png; set the camera to JPEG",
    },
    {
      what: "a page",
      type: "text/html",
      body: Buffer.from("<html>log in</html>"),
      says: "is a web page, not a video stream; check the URL",
    },
  ])("$what is refused in one line", async ({ type, body, says }) => {
    const server = await serveHttp((_request, response) => {
      response.writeHead(200, { "content-type": type }).end(body);
    });
    const program = start(["--device", `http://127.0.0.1:${server.port}/snap.cgi?token=s3cret`]);
    const { exitCode, stderr } = await program.ended;
    await server.stop();
    expect(exitCode).toBe(19);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("s3cret");
  });
});

/** A pixel: `ffmpeg -f lavfi -i color=s=1x1 -frames:v 1 -c:v png -f image2pipe -`. */
function png(): Buffer {
  return Buffer.from(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63601010000000040001f6173855" +
      "0000000049454e44ae426082",
    "hex",
  );
}
