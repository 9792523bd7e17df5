import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
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

/** 320x240; `fps` pictures a second, the first at once, each unlike the one before. */
export async function startMjpegCamera(folder: Folder, fps: number): Promise<MjpegCamera> {
  const pictures = await jpegPictures(folder);
  const ends = new Set<() => void>();
  const server = await serveHttp((_request, response) => {
    response.writeHead(200, {
      "content-type": `multipart/x-mixed-replace;boundary=${BOUNDARY}`,
      connection: "close",
    });
    const end = sendEvenly(response, pictures, fps);
    ends.add(end);
    response.once("close", end);
  });
  const freeze = () => {
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

/** Counts from its beginning, so that a late timer is followed by a shorter one. @returns what ends it */
function sendEvenly(response: ServerResponse, pictures: readonly Buffer[], fps: number): () => void {
  const beganMs = performance.now();
  let timer: NodeJS.Timeout;
  let sent = 0;
  const send = () => {
    const picture = pictures[sent % pictures.length] ?? Buffer.alloc(0);
    sent += 1;
    response.write(
      `\r\n--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`,
    );
    response.write(picture);
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
