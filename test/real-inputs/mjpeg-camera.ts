import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Folder } from "../e2e/folder.ts";
import { serveHttp } from "../e2e/servers.ts";
import { mustRun } from "../run.ts";

/** An HTTP camera that sends JPEG pictures as multipart/x-mixed-replace: ESP32-CAM, mjpg-streamer, motion. */
export interface MjpegCamera {
  readonly url: string;
  /** From now on it sends nothing, and keeps its connections. */
  freeze(): void;
  stop(): Promise<void>;
}

const BOUNDARY = "123456789000000000000987654321";

/** How it sends its pictures: as it should, as ESP32-CAM and Tasmota do, without anything between them, or one for each request. */
export const mjpegForms = ["multipart", "no-first-boundary", "concatenated", "snapshot"] as const;
export type MjpegForm = (typeof mjpegForms)[number];

export interface MjpegCameraOptions {
  readonly form?: MjpegForm;
  /** What it says that it sends. */
  readonly contentType?: string;
  /** What every request has to answer to before it is let in; it is asked for with each. */
  readonly refuses?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** 320x240; `fps` pictures a second, the first at once, each unlike the one before. */
export async function startMjpegCamera(
  folder: Folder,
  fps: number,
  { form = "multipart", contentType = usualType(form), refuses = () => false }: MjpegCameraOptions = {},
): Promise<MjpegCamera> {
  const pictures = await jpegPictures(folder);
  const ends = new Set<() => void>();
  const beganMs = performance.now();
  let isFrozen = false;
  const server = await serveHttp((request, response) => {
    if (isFrozen || refuses(request, response)) return;
    if (form === "snapshot") {
      const picture = pictureAt(pictures, Math.floor(((performance.now() - beganMs) * fps) / 1000));
      response.writeHead(200, { "content-type": contentType }).end(picture);
      return;
    }
    response.writeHead(200, { "content-type": contentType, connection: "close" });
    const end = sendEvenly(response, { pictures, fps, form });
    ends.add(end);
    response.once("close", end);
  });
  const freeze = () => {
    isFrozen = true;
    for (const end of ends) end();
  };
  return {
    url: `http://127.0.0.1:${server.port}/stream`,
    freeze,
    stop: async () => {
      freeze();
      await server.stop();
    },
  };
}

function usualType(form: MjpegForm): string {
  return form === "snapshot" ? "image/jpeg" : `multipart/x-mixed-replace;boundary=${BOUNDARY}`;
}

const pictureAt = (pictures: readonly Buffer[], n: number) =>
  pictures[n % pictures.length] ?? Buffer.alloc(0);

interface Sending {
  readonly pictures: readonly Buffer[];
  readonly fps: number;
  readonly form: MjpegForm;
}

/** Counts from its beginning, so that a late timer is followed by a shorter one. @returns what ends it */
function sendEvenly(response: ServerResponse, { pictures, fps, form }: Sending): () => void {
  const beganMs = performance.now();
  let timer: NodeJS.Timeout;
  let sent = 0;
  const send = () => {
    const picture = pictureAt(pictures, sent);
    sent += 1;
    if (form === "multipart") response.write(`\r\n--${BOUNDARY}\r\n`);
    if (form !== "concatenated")
      response.write(`Content-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
    response.write(picture);
    if (form === "no-first-boundary") response.write(`\r\n--${BOUNDARY}\r\n`);
    timer = setTimeout(send, beganMs + (sent * 1000) / fps - performance.now());
  };
  send();
  return () => clearTimeout(timer);
}

async function jpegPictures(folder: Folder): Promise<readonly Buffer[]> {
  const source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=20", "-q:v", "8"];
  const output = ["-pix_fmt", "yuvj420p", folder.file("mjpeg-%03d.jpg")];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-y", ...source, ...output]);
  return Array.from({ length: 200 }, (_, n) =>
    readFileSync(folder.file(`mjpeg-${String(n + 1).padStart(3, "0")}.jpg`)),
  );
}
