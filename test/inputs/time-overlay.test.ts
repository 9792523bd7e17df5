import { describe, expect, it } from "vitest";
import { findFfmpeg } from "../../src/ffmpeg/find.ts";
import { timeOverlay } from "../../src/ffmpeg/video-filters.ts";
import { drawArguments, findTimeOverlay } from "../../src/inputs/time-overlay.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { fakeMachine } from "../system/fake-machine.ts";

const draw = (filter: string) => ["/opt/ffmpeg", ...drawArguments(filter)].join(" ");
const FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
/** Of an ffmpeg that draws nothing, and says why. */
const tell = (stderr: string) =>
  findTimeOverlay(
    { path: "/opt/ffmpeg" },
    fakeMachine({ programs: { [draw(timeOverlay(null))]: { code: 1, stderr } } }),
  );

describe("the time", () => {
  it("is drawn by this machine's ffmpeg, or a line says what is missing", async ({ skip }) => {
    const machine = thisMachine(process.env);
    const ffmpeg = await findFfmpeg(null);
    const filter = await findTimeOverlay(ffmpeg, machine).catch((error: Error) => error.message);
    expect(filter).toMatch(/^(drawtext=|--overlay-time needs (ffmpeg's|a font))/);
    if (filter.startsWith("--")) {
      console.log(`skipped: the time on the video: ${filter}`);
      return skip();
    }
    const drawn = await machine.run(
      ffmpeg.path,
      drawArguments(`${filter},signalstats,metadata=print:file=-`),
      {
        timeoutMs: 20_000,
      },
    );
    expect(Number(/YMAX=(\d+)/.exec(drawn?.stdout ?? "")?.[1])).toBeGreaterThan(200); // white on what was black
  });

  it("is drawn with a file where fontconfig has no font", async () => {
    const machine = fakeMachine({
      nodes: { [FONT]: { gid: 0, mayOpen: true } },
      programs: {
        [draw(timeOverlay(null))]: { code: 1, stderr: "No font filename provided" },
        [draw(timeOverlay(FONT))]: {},
      },
    });
    expect(await findTimeOverlay({ path: "/opt/ffmpeg" }, machine)).toBe(timeOverlay(FONT));
  });

  it("takes a font and an ffmpeg that can draw", async () => {
    await expect(tell("Cannot find a valid font for the family Sans")).rejects.toThrow(
      /needs a font.*fonts-dejavu-core/,
    );
    await expect(tell("[AVFilterGraph @ 0x55] No such filter: 'drawtext'")).rejects.toThrow(
      /drawtext filter, which .* lacks/,
    );
  });

  it("is drawn with a font of Windows, whose path has a colon", () => {
    expect(timeOverlay("C:\\Windows\\Fonts\\arial.ttf")).toContain(
      ":fontfile='C\\:/Windows/Fonts/arial.ttf':",
    );
  });
});
