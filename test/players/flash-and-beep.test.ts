import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram, mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { measureFlashAndBeep, record } from "./flash-and-beep.ts";

const recordSeconds = Number(process.env["FLVCAST_PLAY_SECONDS"] ?? 20);
const allowedMs = 20;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-sync-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(findProgram("ffmpeg") === null || findProgram("curl") === null)("flash and beep", () => {
  it("flash and beep of the test source come within 20 ms of each other", async () => {
    const path = join(folder, "test.flv");
    const stream = await startFlvcast(["--device", "test"]);
    try {
      await record(stream.url, recordSeconds, path);
    } finally {
      await stream.stop();
    }
    const found = await measureFlashAndBeep(path);
    const offsetsMs = found.map(({ offsetMs }) => offsetMs);
    console.log(`audio - picture: ${offsetsMs.map((ms) => ms.toFixed(1)).join(" ")} ms`);
    expect(offsetsMs.length).toBeGreaterThanOrEqual(recordSeconds - 2);
    expect(offsetsMs.filter((ms) => Math.abs(ms) > allowedMs)).toEqual([]);
  });

  it.for([0, 40, -60])("the measure itself finds sound that is %i ms late", async (lateMs) => {
    const path = join(folder, `late${lateMs}.flv`);
    await mustRun([
      "ffmpeg",
      "-hide_banner",
      "-nostdin",
      "-loglevel",
      "error",
      "-y",
      ...madeLate(lateMs),
      path,
    ]);
    const found = await measureFlashAndBeep(path);
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const { offsetMs } of found) expect(Math.abs(offsetMs - lateMs)).toBeLessThan(3);
  });
});

/** Five seconds of flash and beep with the sound late; both tracks begin at 10 s, so that no time is negative. */
function madeLate(lateMs: number): readonly string[] {
  const box = "drawbox=x=iw/3:y=ih*2/3:w=iw/3:h=ih/5:color=white:t=fill:enable='lt(mod(t,1),0.1)'";
  const beep = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=48000";
  return ["-itsoffset", "10", "-f", "lavfi", "-i", `testsrc2=size=640x360:rate=30,${box}`]
    .concat(["-itsoffset", `${10 + lateMs / 1000}`, "-f", "lavfi", "-i", beep, "-t", "15", "-copyts"])
    .concat(["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-c:a", "aac"]);
}
