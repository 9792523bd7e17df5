import { type ChildProcess, spawn } from "node:child_process";
import type { ServerResponse } from "node:http";
import { serveHttp } from "../e2e/servers.ts";

/** An internet radio: MP3, whose last `burstBytes` a listener gets at once, as Icecast has it (64 KB: eight seconds). */
export interface Radio {
  readonly url: string;
  /** Resolves as soon as it has so much to give. */
  readonly filled: Promise<void>;
  stop(): Promise<void>;
}

const BYTES_A_SECOND = 8000;

/** `leadSeconds`: how much a listener gets at once. */
export async function startRadio(leadSeconds: number): Promise<Radio> {
  const burstBytes = leadSeconds * BYTES_A_SECOND;
  const listeners = new Set<ServerResponse>();
  let recent = Buffer.alloc(0);
  let fill!: () => void;
  const filled = new Promise<void>((resolve) => (fill = resolve));
  const station = startStation(leadSeconds);
  station.stdout?.on("data", (piece: Buffer) => {
    if (burstBytes > 0) recent = Buffer.concat([recent, piece]).subarray(-burstBytes);
    for (const listener of listeners) listener.write(piece);
    if (recent.length >= burstBytes) fill();
  });
  const server = await serveHttp((_request, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg", connection: "close" });
    response.write(recent);
    listeners.add(response);
    response.once("close", () => listeners.delete(response));
  });
  return {
    url: `http://127.0.0.1:${server.port}/radio.mp3`,
    filled,
    stop: async () => {
      station.kill("SIGKILL");
      await server.stop();
    },
  };
}

/** A tone at its own pace; the first `leadSeconds` at once, so that nobody has to wait for them. */
function startStation(leadSeconds: number): ChildProcess {
  const tone = ["-f", "lavfi", "-i", "sine=r=44100"];
  const pace = ["-af", `arealtime=speed=1:limit=1000`];
  const source = leadSeconds > 0 ? ["-f", "lavfi", "-i", `sine=r=44100:d=${leadSeconds}`] : [];
  const joined =
    leadSeconds > 0
      ? ["-filter_complex", "[0:a]arealtime[live];[1:a][live]concat=n=2:v=0:a=1[out]", "-map", "[out]"]
      : pace;
  const coding = ["-c:a", "libmp3lame", "-b:a", "64k", "-flush_packets", "1", "-f", "mp3", "-"];
  return spawn("ffmpeg", ["-nostdin", "-v", "error", ...tone, ...source, ...joined, ...coding], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
