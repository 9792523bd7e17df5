import { UserError } from "../errors.ts";
import type { Machine } from "../system/machine.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

const SUBJECT = "ffmpeg";
const LISTING_TIMEOUT_MS = 10_000;
/** The oldest whose output was looked at. */
const OLDEST_MAJOR = 4;

/** Whether there is an ffmpeg that runs, and whether it was built with what flvcast needs of it. */
export async function checkFfmpeg({ machine, ffmpeg }: DoctorContext): Promise<readonly Finding[]> {
  const found = await orFailure(ffmpeg());
  if (found instanceof UserError) {
    const [text = "", fix] = found.message.split(/; (?=install |give )/); // what is wrong, and what to do
    return [failure(SUBJECT, text, fix ?? null)];
  }
  const { path, version, majorVersion } = found;
  const findings =
    majorVersion < OLDEST_MAJOR
      ? [warning(SUBJECT, `${version} (${path}) is old; use ${OLDEST_MAJOR}.3 or newer`, INSTALL)]
      : [ok(SUBJECT, `${version} (${path})`)];
  return [...findings, ...(await missingParts(machine, path))];
}

async function orFailure<Value>(pending: Promise<Value>): Promise<Value | UserError> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const INSTALL = "install a full build of ffmpeg, or name one with --ffmpeg PATH";

interface Part {
  /** ffmpeg's listing that would name it. */
  readonly listing: "-muxers" | "-encoders" | "-devices" | "-filters";
  readonly name: string;
  readonly platform: NodeJS.Platform | null;
  /** null where nothing goes without it. */
  readonly lost: string | null;
}

const parts: readonly Part[] = [
  { listing: "-muxers", name: "nut", platform: null, lost: null },
  { listing: "-encoders", name: "aac", platform: null, lost: "no audio, except with --copy" },
  { listing: "-encoders", name: "libx264", platform: null, lost: "no encoding without a hardware encoder" },
  { listing: "-filters", name: "aresample", platform: null, lost: "no audio from microphones" },
  { listing: "-devices", name: "v4l2", platform: "linux", lost: "no cameras" },
  { listing: "-devices", name: "alsa", platform: "linux", lost: "only microphones of a sound server" },
  { listing: "-devices", name: "pulse", platform: "linux", lost: "no microphones of a sound server" },
  { listing: "-devices", name: "x11grab", platform: "linux", lost: "no screens" },
  {
    listing: "-devices",
    name: "avfoundation",
    platform: "darwin",
    lost: "no cameras, microphones or screens",
  },
  { listing: "-devices", name: "dshow", platform: "win32", lost: "no cameras or microphones" },
  { listing: "-devices", name: "gdigrab", platform: "win32", lost: "no screens" },
];

async function missingParts(machine: Machine, path: string): Promise<readonly Finding[]> {
  const wanted = parts.filter(({ platform }) => platform === null || platform === machine.platform);
  const listings = [...new Set(wanted.map(({ listing }) => listing))];
  const named = new Map(
    await Promise.all(
      listings.map(async (listing) => [listing, await namesIn(machine, path, listing)] as const),
    ),
  );
  return wanted.filter(({ listing, name }) => named.get(listing)?.has(name) === false).map(finding);
}

function finding({ name, lost }: Part): Finding {
  if (lost === null) return failure(SUBJECT, `built without ${name}, which is required`, INSTALL);
  return warning(SUBJECT, `built without ${name}: ${lost}`, INSTALL);
}

async function namesIn(
  machine: Machine,
  path: string,
  listing: Part["listing"],
): Promise<Set<string> | null> {
  const ran = await machine.run(path, ["-hide_banner", listing], { timeoutMs: LISTING_TIMEOUT_MS });
  // A listing that is cut short or empty says nothing of what is missing.
  return ran?.code === 0 && ran.stdout.endsWith("\n") ? parseNames(ran.stdout, listing) : null;
}

/**
 * The names in a listing of ffmpeg's: ` DE video4linux2,v4l2 Video4Linux2 output device`, ` V....D libx264  …`,
 * ` .S. aresample  A->A  …`. Devices that ffmpeg only writes to do not count.
 */
export function parseNames(text: string, listing: Part["listing"]): Set<string> {
  const names = text.split("\n").flatMap((line) => {
    if (listing === "-devices" && !line.startsWith(" D")) return [];
    const [, second, third] = line.trim().split(/\s+/);
    return ((second === "d" ? third : second) ?? "").split(","); // «D d»: a column of its own since ffmpeg 7
  });
  return new Set(names);
}
