import { createHash, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { profiles } from "../ffmpeg/encoder.ts";
import type { Machine } from "../system/machine.ts";
import { userOf } from "../system/user.ts";
import type { Candidate } from "./candidates.ts";
import type { ProbeSetup } from "./probe.ts";
import type { ProbeResult, Verdict } from "./verdict.ts";

/*
 * What earlier probes found out, in one file: a JSON object of results by their cache keys. It can
 * be found out again at any time, so whatever is wrong with the file is no error.
 */

const FILE = "encoders.json";
const MAX_AGE_MS = 24 * 3_600_000;
/** A refusal that took so long may be that of a busy machine: it holds for a while only. */
const SLOW_MS = 5000;
const MAX_AGE_OF_SLOW_MS = 600_000;
const MAX_RESULTS = 200;
/** Bytes: an own file is far smaller. */
const MAX_FILE_SIZE = 1_000_000;

/** Results by their `cacheKeyOf`. */
export type Remembered = ReadonlyMap<string, ProbeResult>;

/**
 * All that a result hangs on: ffmpeg, the encoder and its node, the picture's size and rate, who asks (a group joined since
 * makes another result), and the variables that the drivers read.
 */
export async function cacheKeyOf(candidate: Candidate, setup: ProbeSetup, machine: Machine): Promise<string> {
  const { encoder, node } = candidate;
  const { ffmpeg, size, fps } = setup;
  const variables = Object.entries(machine.env).filter(([name]) => DRIVERS_READ.test(name));
  const parts = [
    ...[ffmpeg.path, ffmpeg.version, encoder.name, node, size.width, size.height, Math.round(fps)],
    PROBE_VERSION,
    ...[await userOf(machine), variables.toSorted(([a], [b]) => (a < b ? -1 : 1))],
    candidate.forbidden?.reason ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** What earlier versions found out in another way is not believed: they did not look at what came. */
const PROBE_VERSION = 3;

const DRIVERS_READ = /^(LIBVA_|VA_|VDPAU_|CUDA_|NVIDIA_|MFX_|ONEVPL_|DRI_|MESA_|LD_LIBRARY_PATH$|PATH$)/;

/** What earlier probes found out, for every stream of this process and the runs to come. */
export class EncoderCache {
  readonly folder: string;
  /** What could not be written; it goes before what the file has. */
  #unsaved: Remembered = new Map();
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** What is remembered and still holds. */
  async recall(nowMs: number): Promise<Remembered> {
    const written = Object.entries(await readObject(join(this.folder, FILE)));
    const read = written.map(([key, value]) => [key, readResult(value)] as const);
    return new Map(
      [...read, ...this.#unsaved].flatMap(([key, result]) =>
        result !== null && holds(result, nowMs) ? [[key, result] as const] : [],
      ),
    );
  }

  /** Adds results to what is remembered: whole or not at all, and for this process alone where no file can be written. */
  async remember(fresh: Remembered): Promise<void> {
    const kept = [...new Map([...(await this.recall(Date.now())), ...fresh])].slice(-MAX_RESULTS);
    const temporary = join(this.folder, `${FILE}.${randomUUID()}`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temporary, JSON.stringify(Object.fromEntries(kept), null, 1), { mode: 0o600 });
      await rename(temporary, join(this.folder, FILE));
      this.#unsaved = new Map(); // by now they are in the file
    } catch {
      this.#unsaved = new Map(kept);
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** Forgets all results: something that was found to work has failed. At once, since the process may be ending. */
  forget(): void {
    this.#unsaved = new Map();
    try {
      rmSync(join(this.folder, FILE));
    } catch {
      // not there, or not ours to remove: it expires
    }
  }

  /** One after the other: streams that start together are not to probe the same encoders at once, and take each other's time. */
  async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // the caller gets the error
    return await result;
  }
}

function holds({ verdict, durationMs, atMs }: ProbeResult, nowMs: number): boolean {
  const maxAgeMs = !verdict.works && durationMs >= SLOW_MS ? MAX_AGE_OF_SLOW_MS : MAX_AGE_MS;
  return atMs <= nowMs && nowMs - atMs < maxAgeMs;
}

async function readObject(path: string): Promise<Record<string, unknown>> {
  try {
    const text = await readFile(path, "utf8");
    const value: unknown = text.length > MAX_FILE_SIZE ? null : JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {}; // not there, or not ours
  }
}

/** A result as it was written; null for anything else. */
function readResult(value: unknown): ProbeResult | null {
  if (!isObject(value)) return null;
  const { encoder, node, durationMs, atMs } = value;
  const verdict = readVerdict(value["verdict"]);
  if (typeof encoder !== "string" || (typeof node !== "string" && node !== null)) return null;
  if (typeof durationMs !== "number" || typeof atMs !== "number" || verdict === null) return null;
  return { encoder, node, verdict, durationMs, atMs };
}

function readVerdict(value: unknown): Verdict | null {
  if (!isObject(value)) return null;
  if (value["works"] === true) {
    const { codec, forcesKeyFrames, holdsNoFrame, widthStep, libraryVersion } = value;
    const profile = profiles.find((name) => name === value["profile"]);
    if (profile === undefined || typeof codec !== "string") return null;
    return {
      ...{ works: true, profile, codec, forcesKeyFrames: forcesKeyFrames === true },
      ...(holdsNoFrame === true ? { holdsNoFrame } : {}),
      ...(typeof widthStep === "number" && widthStep > 0 ? { widthStep } : {}),
      ...(typeof libraryVersion === "string" ? { libraryVersion } : {}),
    };
  }
  const { works, reason, fix, isAbsent } = value;
  const isRefusal =
    works === false && typeof reason === "string" && typeof fix === "string" && typeof isAbsent === "boolean";
  return isRefusal ? { works, reason, fix, isAbsent } : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
