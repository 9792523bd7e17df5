import { spawn } from "node:child_process";
import { once } from "node:events";
import { picture, type Way } from "./way.ts";

const { width, height, fps, bitrateKbps } = picture;

/** One ffmpeg that encodes both tracks and writes them as FLV: what everybody does first. */
export const plainFfmpeg: Way = {
  name: "ffmpeg -f flv pipe:1",
  start(onFlv) {
    const child = spawn("ffmpeg", args, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.on("data", onFlv);
    child.stdin.on("error", () => {}); // it may have been stopped while a picture was being written
    return {
      stdin: child.stdin,
      pid: child.pid ?? null,
      stop: async () => {
        const closed = once(child, "close");
        child.kill("SIGKILL");
        await closed;
      },
    };
  },
};

const args: readonly string[] = ["-hide_banner", "-loglevel", "error"]
  .concat(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", `${width}x${height}`])
  .concat(["-framerate", `${fps}`, "-i", "pipe:0"])
  .concat(["-re", "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000"])
  .concat(["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-g", `${fps}`])
  .concat(["-b:v", `${bitrateKbps}k`, "-maxrate", `${bitrateKbps}k`, "-bufsize", `${bitrateKbps}k`])
  .concat(["-c:a", "aac", "-f", "flv", "-flush_packets", "1", "pipe:1"]);
