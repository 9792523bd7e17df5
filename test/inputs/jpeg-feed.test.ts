import { execFileSync } from "node:child_process";
import type { RequestListener } from "node:http";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import type { UserError } from "../../src/errors.ts";
import { JpegFeed } from "../../src/inputs/jpeg-feed.ts";
import { openImages } from "../../src/inputs/open-images.ts";
import { type LocalServer, serveHttp } from "../e2e/servers.ts";

const IMAGE = execFileSync("ffmpeg", [
  ...["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48", "-frames:v", "1"],
  ...["-pix_fmt", "yuvj420p", "-f", "mjpeg", "pipe:1"],
]);

let server: LocalServer | null = null;
let detach: () => void = () => undefined;

afterEach(async () => {
  detach();
  await server?.stop();
});

async function serve(answer: RequestListener): Promise<string> {
  server = await serveHttp(answer);
  return `http://127.0.0.1:${server.port}/snap.jpg`;
}

/** What a process gets until it has that many images, or nothing more comes. */
async function feedOf(url: string, polledFps: number | null) {
  const stdin = new PassThrough();
  const chunks: Buffer[] = [];
  stdin.on("data", (chunk: Buffer) => chunks.push(chunk));
  const failed = new Promise<UserError>((resolve) => {
    detach = new JpegFeed({ url, label: "camera", polledFps }).attach(stdin, resolve);
  });
  const images = () => Buffer.concat(chunks).toString("latin1").split("\r\n--image\r\n").length - 1;
  return { stdin, failed, images, bytes: () => Buffer.concat(chunks) };
}

const whole: RequestListener = (_request, response) => void response.end(IMAGE);

/** As cheap cameras do: the connection closes before as much has come as was said. */
const shorter: RequestListener = (_request, response) =>
  void response.writeHead(200, { "content-length": IMAGE.length + 2 }).write(IMAGE, () => response.destroy());

describe("images over HTTP", () => {
  it("count although their answers end too soon", async () => {
    const { images, failed } = await feedOf(await serve(shorter), 100);
    let message: string | null = null;
    void failed.then((failure) => (message = failure.message));
    await expect.poll(() => message ?? images() > 6).toBe(true);
  });

  it("reach a process as parts that say how long they are", async () => {
    const { bytes, images } = await feedOf(await serve(whole), 100);
    await expect.poll(images).toBeGreaterThan(1);
    const head = `\r\n--image\r\nContent-Type: image/jpeg\r\nContent-Length: ${IMAGE.length}\r\n\r\n`;
    const first = Buffer.concat([Buffer.from(head), IMAGE]);
    expect(bytes().subarray(0, first.length).equals(first)).toBe(true);
  });

  it("are asked for one at a time, however slow the camera is", async () => {
    let [open, most] = [0, 0];
    const slow: RequestListener = (_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end(IMAGE);
      }, 20);
    };
    const { images } = await feedOf(await serve(slow), 240);
    await expect.poll(images).toBeGreaterThan(4);
    expect(most).toBe(1);
  });

  it("may fail twice in a row, and not three times", async () => {
    const answers = [503, 503, 200, 503, 503, 503];
    const { failed, images } = await feedOf(
      await serve((_request, response) => {
        const status = answers.shift() ?? 200;
        response.writeHead(status).end(status === 200 ? IMAGE : "");
      }),
      100,
    );
    expect(await failed).toMatchObject({
      reason: "deviceAbsent",
      message: "camera: the server answered with HTTP 503; check the URL",
    });
    expect([images(), answers.length]).toEqual([1, 0]);
  });

  it.each<[string, RequestListener, string, RegExp]>([
    [
      "a password that is wrong",
      (_, response) => void response.writeHead(401).end(),
      "permission",
      /^camera: access denied \(HTTP 401\); check the user name and password/,
    ],
    [
      "a page",
      (_, response) => void response.writeHead(200, { "content-type": "text/html; a=b" }).end("<html>"),
      "brokenInput",
      /^camera is a web page, not a video stream; check the URL$/,
    ],
    [
      "a type without end",
      (_, response) => void response.writeHead(200, { "content-type": `image/${"x".repeat(99)}` }).end("x"),
      "brokenInput",
      /^camera sends image\/x{34} that is neither a stream ffmpeg can read nor JPEG images/,
    ],
    [
      "no type",
      (_, response) => void response.end("x"),
      "brokenInput",
      /^camera sends data that is neither a stream ffmpeg can read nor JPEG images/,
    ],
    [
      "what is no type",
      (_, response) => void response.writeHead(200, { "content-type": "?" }).end("x"),
      "brokenInput",
      /^camera sends data that is neither a stream ffmpeg can read nor JPEG images/,
    ],
    [
      "too much without an image",
      (_, response) => void response.write(Buffer.alloc(17 * 1024 * 1024)),
      "brokenInput",
      /nor JPEG images/,
    ],
    [
      "an image that is cut short",
      (_, response) =>
        void response.writeHead(200, { "content-type": "image/jpeg" }).end(IMAGE.subarray(0, -9)),
      "brokenInput",
      /^camera sends incomplete or damaged JPEG images; check the camera$/,
    ],
    ["nothing", (_, response) => void response.end(), "brokenInput", /^camera sends no data; /],
    [
      "a status of no content",
      (_, response) => void response.writeHead(304).end(),
      "deviceAbsent",
      /^camera: the server answered with HTTP 304; check the URL$/,
    ],
    [
      "nobody",
      (request) => void request.socket.destroy(),
      "deviceAbsent",
      /^camera: the server closed the connection without an HTTP response; /,
    ],
  ])("%s is a failure", async (_, answer, reason, message) => {
    const { failed } = await feedOf(await serve(answer), 100);
    expect(await failed).toMatchObject({ reason, message: expect.stringMatching(message) as string });
  });

  it("that come in one answer end with it", async () => {
    const url = await serve((_request, response) => void response.end(Buffer.concat([IMAGE, IMAGE])));
    const { stdin, images } = await feedOf(url, null);
    await expect.poll(() => stdin.writableEnded).toBe(true);
    await expect.poll(images).toBe(2);
  });
});

describe("what is behind a URL of images", () => {
  it.each<[string, RequestListener, number | null, object]>([
    ["one image, asked for twice a second", whole, null, { fps: 2 }],
    ["one image, asked for as often as it was said", whole, 5, { fps: 5 }],
    ["one image in an answer that ends too soon", shorter, 5, { fps: 5 }],
    [
      "images one behind the other, as they come",
      (_, response) => void response.write(IMAGE),
      5,
      { fps: null },
    ],
  ])("%s", async (_, answer, fps, video) => {
    expect(await openImages({ url: await serve(answer), label: "camera" }, fps)).toMatchObject({
      ...{ clock: "none", hasEnd: false, url: "pipe:0" },
      video: { size: { width: 64, height: 48 }, ...video },
    });
  });

  it("no image", async () => {
    const url = await serve((_request, response) => void response.end("<html>"));
    expect(await openImages({ url, label: "camera" }, null)).toMatchObject({ reason: "brokenInput" });
  });
});
