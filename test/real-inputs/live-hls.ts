import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Folder } from "../e2e/folder.ts";
import { until } from "../e2e/processes.ts";
import { serveHttp } from "../e2e/servers.ts";

/** A live HLS stream: five segments at a time, 25 pictures a second, a tone. */
export interface LiveHls {
  readonly url: string;
  /** From now on every request fails, until `back`. */
  fail(): void;
  back(): void;
  stop(): Promise<void>;
}

/** Resolves once `ready` segments are there. */
export async function startLiveHls(folder: Folder, segmentSeconds: number, ready = 1): Promise<LiveHls> {
  const path = folder.file(`hls-${crypto.randomUUID()}`);
  mkdirSync(path);
  const sources = ["testsrc=size=320x240:rate=25", "sine=r=48000"].flatMap((graph) => [
    "-re",
    "-f",
    "lavfi",
    "-i",
    graph,
  ]);
  const video = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-pix_fmt",
    "yuv420p",
    "-b:v",
    "150k",
  ];
  const output = ["-f", "hls", "-hls_time", String(segmentSeconds), "-hls_list_size", "5"];
  const live = ["-hls_flags", "delete_segments+temp_file", "live.m3u8"];
  const group = ["-g", String(25 * segmentSeconds), "-c:a", "aac"];
  const args = ["-nostdin", "-v", "error", ...sources, ...video, ...group, ...output, ...live];
  const origin = spawn("ffmpeg", args, { cwd: path, stdio: ["ignore", "ignore", "inherit"] });
  let isUp = true;
  const server = await serveHttp((request, response) => {
    const file = join(path, new URL(request.url ?? "/", "http://host").pathname);
    if (!isUp || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const isList = file.endsWith(".m3u8");
    response.writeHead(200, { "content-type": isList ? "application/vnd.apple.mpegurl" : "video/mp2t" });
    response.end(readFileSync(file));
  });
  await until(`${ready} segments are there`, () => existsSync(join(path, `live${ready - 1}.ts`)), 60_000);
  return {
    url: `http://127.0.0.1:${server.port}/live.m3u8`,
    fail: () => (isUp = false),
    back: () => (isUp = true),
    stop: async () => {
      origin.kill("SIGKILL");
      await server.stop();
    },
  };
}
