import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { commandLines, shellLine } from "../../src/channel/dry-run.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";

const ffmpeg = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));
afterEach(() => void vi.unstubAllEnvs());

/** The command lines of a channel, and what is said of them. */
async function linesOf(given: GivenSettings, showSecrets: boolean) {
  const listing = [
    ...["Input #0, rtsp, from 'it':", "  Duration: N/A, start: 0.0, bitrate: N/A"],
    "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps",
  ];
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify([...listing.map((stderr) => ({ stderr })), { exit: 1 }]));
  const told: string[] = [];
  const { channel } = completeSettings({ ffmpeg, ...given });
  const onNotice = ({ text }: { readonly text: string }) => told.push(text);
  return { lines: await commandLines(channel, { env: {}, showSecrets, onNotice }), told };
}

it("is one line for each process, with the encoder and its reason told beside it", async () => {
  const { lines, told } = await linesOf({ device: "test", audio: "test", encoder: "libx264" }, false);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.startsWith(`${ffmpeg} `)).toBe(true);
  expect(lines.map((line) => line.includes("libx264"))).toEqual([true, false]);
  expect(told).toEqual(["encoder: libx264, as requested"]);
});

it("names no encoder where none is run, and no process where stdin is read", async () => {
  const copied = await linesOf({ device: "rtsp://cam/1", copy: true }, false);
  expect([copied.lines.length, copied.told]).toEqual([1, []]);
  expect(await linesOf({ device: "-", audio: "none" }, false)).toEqual({ lines: [], told: [] });
});

it.each([
  [false, "rtsp://…@cam/1"],
  [true, "rtsp://admin:my%20secret@cam/1"],
])("shows the secrets of a URL only where that is wanted: %s", async (showSecrets, shown) => {
  const { lines } = await linesOf(
    { device: "rtsp://admin:my%20secret@cam/1", encoder: "libx264" },
    showSecrets,
  );
  const words = lines.join(" ").split(" ");
  const url = words[words.indexOf("-i") + 1]?.replaceAll("'", "");
  expect(url).toBe(shown);
  expect(lines.join().includes("secret")).toBe(showSecrets);
});

it("reads in a shell as the same words", () => {
  const words = ["a b", "it's", "", "$HOME", "`x`", "a\\b", '"q"', "expr:if(isnan(t),1,0)", "-i", "x*y", "ä"];
  const printed = execFileSync("sh", ["-c", `printf '%s\\n' ${shellLine(words)}`], { encoding: "utf8" });
  expect(printed.split("\n").slice(0, -1)).toEqual(words);
});
