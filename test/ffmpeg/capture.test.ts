import { EventEmitter, once } from "node:events";
import { describe, expect, it } from "vitest";
import { testSource } from "../../src/devices/test-source.ts";
import { FfmpegCapture } from "../../src/ffmpeg/capture.ts";

const source = testSource({ wanted: { video: true, audio: false }, size: null, fps: null });
const video = { pipe: 1, encoder: "libx264", bitrateKbps: null, fps: null, gopSeconds: 1 };

/** Node in ffmpeg's place, and the first line that it says. */
function capture(script: string) {
  const heard = new EventEmitter();
  const said = once(heard, "line");
  const plan = { source, args: ["-e", script], video, audio: null, baseS: 0 };
  const onFfmpegLine = () => void heard.emit("line");
  return {
    said,
    capture: new FfmpegCapture(process.execPath, plan, { onPackets: () => undefined, onFfmpegLine }),
  };
}

const sendsRubbish = "process.stdout.write(Buffer.alloc(100_000, 1), () => process.exit(255));";

describe("bytes that cannot be read", () => {
  it("are the capture's failure", async () => {
    const { capture: broken } = capture(sendsRubbish);
    await expect(broken.ended).rejects.toMatchObject({ reason: "brokenInput" });
  });

  it("are none where the process was told to end: it may be cut off anywhere", async () => {
    const { capture: stopped, said } = capture(
      `process.on("SIGTERM", () => { ${sendsRubbish} }); console.error("it runs"); setInterval(() => 0, 1000)`,
    );
    await said;
    await stopped.stop();
    await expect(stopped.ended).resolves.toBeUndefined();
  });
});
