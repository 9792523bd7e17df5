import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { SupervisedInput } from "../../src/channel/supervisor/input.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { FfmpegCapture } from "../../src/ffmpeg/capture.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { planProcess } from "../../src/ffmpeg/plan.ts";
import { Backoff } from "../../src/system/backoff.ts";
import { picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { childrenOf, until } from "./processes.ts";

const RESTARTS = 1000;
const folder = makeFolder();
afterAll(() => folder.remove());

/** Several ends that an ffmpeg has, in turn; a shell is up in milliseconds, where node takes fifty. */
const script = folder.file("ffmpeg");
writeFileSync(
  script,
  [
    "#!/bin/sh",
    `echo x >> ${folder.file("starts")}`,
    `cat ${picturesPath}`,
    "echo 'Input/output error' >&2",
    `case $(($(wc -l < ${folder.file("starts")}) % 3)) in`,
    "0) exit 1 ;;",
    "1) kill -9 $$ ;;",
    "2) head -c 5000 /dev/urandom; exit 1 ;;",
    "esac",
    "",
  ].join("\n"),
  { mode: 0o755 },
);

class WithoutDelay extends Backoff {
  override failed(): number {
    return 0;
  }
}

/** An input of this script that is started again whatever its end, without a pause. */
function supervise(path: string, stallMs = 1000): SupervisedInput {
  const wanted = { video: true, audio: false };
  const plan = planProcess({ ...testSource({ wanted, size: null, fps: null }), hasEnd: false }, wanted, {
    ...{ majorVersion: 7, encoder: softwareEncoder, size: null, fps: null, bitrateKbps: null },
    ...{ gopSeconds: 1, copy: false, baseS: 0 },
  });
  return new SupervisedInput({
    plan,
    startCapture: (next, onPackets) =>
      new FfmpegCapture(path, next, { onPackets, onFfmpegLine: () => undefined }),
    replan: async (ended) => ended.plan,
    survives: () => true,
    stallMs,
    firstFrameMs: 5000,
    watch: { onChange: () => () => undefined },
    backoff: new WithoutDelay(),
    onPackets: () => undefined,
    onBack: () => undefined,
    onLost: () => undefined,
    onNotice: () => undefined,
  });
}

const neverEnds = () => {
  throw new Error("it ended, where it was to be started again");
};

const openFiles = () => readdirSync("/proc/self/fd").length;

describe.skipIf(process.platform !== "linux")(
  "an input that is started again and again (seen in /proc: on Linux only)",
  () => {
    it(`leaves no process and no descriptor behind after ${RESTARTS} times`, async () => {
      const [files, children] = [openFiles(), childrenOf(process.pid)];
      const startMs = performance.now();
      const input = supervise(script);
      while (input.status.restarts < RESTARTS) await Promise.race([delay(20), input.ended.then(neverEnds)]);
      await input.stop();
      console.log(`${RESTARTS} restarts in ${Math.round(performance.now() - startMs)} ms`);
      expect(childrenOf(process.pid)).toEqual(children);
      expect(openFiles()).toBeLessThanOrEqual(files + 2); // vitest's own come and go
    }, 90_000);

    it("takes what its ffmpeg has started with it, where that is a script", async () => {
      const wrapper = folder.file("wrapper");
      writeFileSync(wrapper, `#!/bin/sh\nsleep 1234 &\ncat ${picturesPath}\nexit 1\n`, { mode: 0o755 });
      const input = supervise(wrapper, 60_000); // a stall would end it, too
      await until("it was started three times", () => input.status.restarts >= 3);
      await input.stop();
      await until("nothing of it is left", () => processesNamed("sleep 1234").length === 0);
      expect(input.status.state).toBe("ended");
    }, 30_000);
  },
);

/** The processes with this command line. */
function processesNamed(line: string): readonly string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandLine(name) === line);
}

function commandLine(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
  } catch {
    return null; // it has gone
  }
}
