import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run.ts";
import { linesOf, type Player, type PlayReport } from "./report.ts";

/** VLC without a window, asked through its command line for its own statistics. */
export const vlc: Player = { name: "VLC", programs: ["cvlc"], play };

/**
 * It fills a second of buffer before it begins; and libavformat, which it reads FLV with, looks for a second track for
 * five seconds if there is only one, whatever the header says.
 */
const openingMs = 8000;

/** It drops a picture that is decoded some 40 ms late, as happens where other programs run beside it. */
const maxLateShare = 0.02;

async function play(url: string, seconds: number): Promise<PlayReport> {
  const home = mkdtempSync(join(tmpdir(), "flvcast-vlc-"));
  const endMs = seconds * 1000 + openingMs;
  try {
    const { stdout, stderr, overran } = await run([...asOrdinaryUser(home), ...command(url)], {
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home },
      says: [
        { afterMs: endMs, text: "stats\nget_time\n" },
        { afterMs: endMs + 500, text: "quit\n" },
      ],
      killAfterMs: endMs + 10_000,
    });
    const count = (label: string) =>
      Number(new RegExp(`${label} *: *(\\d+)`).exec(stdout)?.[1] ?? Number.NaN);
    const mayBeLost = count("frames displayed") * maxLateShare;
    const lost = ["demux corrupted", "discontinuities", "buffers lost"].filter((label) => count(label) > 0);
    return {
      complaints: [
        ...complaintsIn(stderr),
        ...[...lost, ...(count("frames lost") > mayBeLost ? ["frames lost"] : [])].map(
          (label) => `${label}: ${count(label)}`,
        ),
        ...(overran ? ["VLC did not quit"] : []),
      ],
      video: count("frames displayed") > 0 ? { frames: count("frames displayed"), timesMs: [] } : null,
      audio: count("buffers played") > 0 ? { frames: null, timesMs: [] } : null,
      playedMs: Number(/^(?:> )*(\d+)\s*$/m.exec(stdout)?.[1] ?? 0) * 1000,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function command(url: string): readonly string[] {
  return ["cvlc", "-I", "rc", "--rc-fake-tty", "--vout=dummy", "--aout=dummy", "--no-dbus", "-v", url];
}

/** VLC refuses to run as root: then it runs as nobody, who gets `home`. */
function asOrdinaryUser(home: string): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const nobody = 65_534;
  chownSync(home, nobody, nobody);
  return ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
}

/** What it said of the stream until it was told to quit; cutting its decoders short is not the stream's fault. */
function complaintsIn(stderr: string): readonly string[] {
  const [played = ""] = stderr.split(/lua interface: Requested shutdown/);
  return linesOf(played).filter((line) => !harmless.some((pattern) => pattern.test(line)));
}

const harmless = [
  /interface (error|warning)|libvlc error: interface|lua interface: Listening/, // hotkeys and desktops that are not here
  /faad decoder warning: decoded zero sample/, // the first AAC frame only primes the decoder
  /picture is too late to be displayed/, // counted as lost
  /XDG_RUNTIME_DIR/,
  /\[cli\] $/, // the head of the line that told it to quit
];
