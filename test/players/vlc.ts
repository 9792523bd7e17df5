import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, run } from "../run.ts";
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
  const endMs = seconds * 1000 + openingMs;
  const { stdout, stderr, overran } = await told(url, [
    { afterMs: endMs, text: "stats\nget_time\n" },
    { afterMs: endMs + 500, text: "quit\n" },
  ]);
  const count = (label: string) => Number(new RegExp(`${label} *: *(\\d+)`).exec(stdout)?.[1] ?? Number.NaN);
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
    playedMs: (numbersIn(stdout)[0] ?? 0) * 1000,
  };
}

/** Opens a file and seeks in it: how long VLC says it is, and where it plays a moment later, in seconds. */
export async function seekInVlc(url: string, toS: number) {
  const { stdout } = await told(url, [
    { afterMs: openingMs, text: `get_length\nseek ${toS}\n` },
    { afterMs: openingMs + 3000, text: "get_time\n" },
    { afterMs: openingMs + 3500, text: "quit\n" },
  ]);
  const [lengthS, atS] = numbersIn(stdout);
  return { lengthS, atS };
}

/** Runs VLC and says this to its command line. */
async function told(
  url: string,
  says: readonly { readonly afterMs: number; readonly text: string }[],
): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), "flvcast-vlc-"));
  try {
    return await run([...asOrdinaryUser(home), ...command(url)], {
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home },
      says,
      killAfterMs: (says.at(-1)?.afterMs ?? 0) + 10_000,
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Answers that are numbers, in order. */
function numbersIn(stdout: string): readonly number[] {
  return [...stdout.matchAll(/^(?:> )*(\d+)\s*$/gm)].map(([, text]) => Number(text));
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
