import { availableParallelism } from "node:os";
import type { Size } from "../devices/picture.ts";
import { UserError } from "../errors.ts";
import type { ChosenEncoder, Encoder, VideoGoal } from "../ffmpeg/encoder.ts";
import { encodersOf, softwareEncoder } from "../ffmpeg/encoder-table.ts";
import { videoCodecs } from "../media/codecs.ts";
import type { VideoCodec } from "../media/packet.ts";
import type { Machine } from "../system/machine.ts";
import { cacheKeyOf, type EncoderCache } from "./cache.ts";
import { type Candidate, candidatesOf, isHardware, runsOn } from "./candidates.ts";
import { type ProbeSetup, probeEncoder } from "./probe.ts";
import type { ProbeResult } from "./verdict.ts";

export interface EncoderProbeOptions extends ProbeSetup {
  readonly machine: Machine;
  readonly cache: EncoderCache;
  /** Passed a probe, and then failed in use. */
  readonly except?: readonly ChosenEncoder[];
}

/** The encoder to be used, and what spoke for it. */
export interface EncoderChoice {
  readonly chosen: ChosenEncoder;
  /** One line for people. */
  readonly reason: string;
  /** Hardware was to be found, and none works; or normal latency was asked for, which it does not have. */
  readonly isFallback: boolean;
  /** Nobody asked for it by name: another may take its place. */
  readonly isAuto: boolean;
  /** What is to be expected of it, and what to do about it; missing where nothing is. */
  readonly warning?: string;
}

/** What encoders are tried with where the picture is not known: one that was tried is remembered by its size. */
export const usualPicture = { size: { width: 1280, height: 720 }, fps: 30 };

const BY_NAME = { isFallback: false, isAuto: false };

type Wanted = Pick<VideoGoal, "encoder" | "codec">;

/** How long what was found out earlier is believed. */
type CacheUse = "all" | "successes" | "nothing";

/**
 * The encoder that `--encoder` asks for, or for `auto` the codec's first of the table that works here.
 * @throws UserError of reason `noEncoder` when the one asked for does not work, or none does
 */
export async function chooseEncoder(wanted: Wanted, options: EncoderProbeOptions): Promise<EncoderChoice> {
  const { encoder, codec } = wanted;
  const choice =
    encoder === "auto" ? await chooseAny(codec ?? "h264", options) : await named(encoder, options);
  const warning = warningOf(choice.chosen, options.size);
  return warning === null ? choice : { ...choice, warning };
}

async function named(encoder: Encoder, options: EncoderProbeOptions): Promise<EncoderChoice> {
  const wanted = encoder.name;
  if (encoder === softwareEncoder.encoder) {
    return { chosen: softwareEncoder, reason: `${wanted}, as requested`, ...BY_NAME };
  }
  if (!runsOn(encoder, options.machine.platform)) {
    throw new UserError(
      "noEncoder",
      `--encoder ${wanted} does not exist on ${options.machine.platform}: use auto or another`,
    );
  }
  // A user who asks for it by name may just have fixed it: only good news is taken from memory.
  const results = await resultsOf([encoder], options, "successes");
  const chosen = firstThatWorks(results, encoder.codec);
  if (chosen !== null) return { chosen, reason: `${described(chosen)}, as requested`, ...BY_NAME };
  const { reason, fix } = mostTelling(results);
  throw new UserError("noEncoder", `--encoder ${wanted} does not work here: ${reason}; ${fix}`);
}

/** These encoders on every node that this system has, tried again or as far as it is remembered. */
export async function probeEncoders(
  wanted: readonly Encoder[],
  options: EncoderProbeOptions,
  { fresh }: { readonly fresh: boolean },
): Promise<readonly ProbeResult[]> {
  return resultsOf(wanted, options, fresh ? "nothing" : "all");
}

/** The result that `auto` goes by: the codec's first of the table that works. */
export function firstThatWorks(results: readonly ProbeResult[], codec: VideoCodec): ChosenEncoder | null {
  for (const { encoder: name, node, verdict } of results) {
    const encoder = encodersOf[codec].find((one) => one.name === name);
    if (!verdict.works || encoder === undefined) continue;
    const { profile, forcesKeyFrames, holdsNoFrame, widthStep, libraryVersion } = verdict;
    return { encoder, node, profile, forcesKeyFrames, holdsNoFrame, widthStep, libraryVersion };
  }
  return null;
}

async function chooseAny(codec: VideoCodec, options: EncoderProbeOptions): Promise<EncoderChoice> {
  const hardware = encodersOf[codec].filter(isHardware);
  const results = await resultsOf(hardware, options, "all");
  const isBroken = ({ encoder, node }: ProbeResult) =>
    options.except?.some((one) => one.encoder.name === encoder && one.node === node) ?? false;
  const chosen = firstThatWorks(
    results.filter((result) => !isBroken(result)),
    codec,
  );
  if (chosen !== null) {
    const reason = `${described(chosen)}, the first that works`;
    return { chosen, reason, isFallback: false, isAuto: true };
  }
  const present = results.filter(({ verdict }) => !verdict.works && !verdict.isAbsent);
  const noHardware =
    present.length === 0 ? "no hardware encoder found" : `no hardware encoder works (${inShort(present)})`;
  const software = await softwareOf(codec, options);
  const reason = `${noHardware}, using ${software.encoder.name} (see flvcast encoders)`;
  return { chosen: software, reason, isFallback: true, isAuto: true };
}

/** What the CPU encodes with: x264 is in every ffmpeg that can be used. @throws UserError where none of a codec's is in this one */
async function softwareOf(codec: VideoCodec, options: EncoderProbeOptions): Promise<ChosenEncoder> {
  if (codec === softwareEncoder.encoder.codec) return softwareEncoder;
  const wanted = encodersOf[codec].filter((encoder) => !isHardware(encoder));
  const results = await resultsOf(wanted, options, "successes");
  const chosen = firstThatWorks(results, codec);
  if (chosen !== null) return chosen;
  const { name } = videoCodecs[codec];
  const names = wanted.map((encoder) => encoder.name).join(" or ");
  throw new UserError(
    "noEncoder",
    `no ${name} encoder works here (${inShort(results)}): use an ffmpeg with ${names} (--ffmpeg PATH), or --video-codec h264`,
  );
}

async function resultsOf(
  wanted: readonly Encoder[],
  options: EncoderProbeOptions,
  cacheUse: CacheUse,
): Promise<readonly ProbeResult[]> {
  const { machine, cache } = options;
  return await cache.inTurn(async () => {
    const known = cacheUse === "nothing" ? new Map<string, ProbeResult>() : await cache.recall(Date.now());
    const fresh = new Map<string, ProbeResult>();
    const answer = async (candidate: Candidate): Promise<ProbeResult> => {
      if (candidate.refusal !== null) return probeEncoder(candidate, options); // seen at once: never remembered
      const cacheKey = await cacheKeyOf(candidate, options, machine);
      const remembered = known.get(cacheKey);
      if (remembered?.verdict.works || (remembered !== undefined && cacheUse === "all")) return remembered;
      const result = await probeEncoder(candidate, options);
      fresh.set(cacheKey, result);
      return result;
    };
    // No more at once than there are CPUs: on a slow one, the others' start would be taken for hanging.
    const results = await inTurns(await candidatesOf(machine, wanted), availableParallelism(), answer);
    if (fresh.size > 0) await cache.remember(fresh);
    return results;
  });
}

function described({ encoder, node, widthStep }: ChosenEncoder): string {
  const width = widthStep === undefined ? "" : ` (widths in steps of ${widthStep})`;
  return `${node === null ? encoder.name : `${encoder.name} on ${node}`}${width}`;
}

/** Of several nodes' refusals the one that somebody can do something about. */
function mostTelling(results: readonly ProbeResult[]): { readonly reason: string; readonly fix: string } {
  const refused = results.flatMap(({ node, verdict }) => (verdict.works ? [] : [{ node, ...verdict }]));
  const telling = refused.find(({ isAbsent }) => !isAbsent) ?? refused[0];
  if (telling === undefined) return { reason: "no device for it", fix: "use --encoder auto" };
  const { node, reason, fix } = telling;
  return { reason: node === null || reason.includes(node) ? reason : `${node}: ${reason}`, fix };
}

/** Two reasons at most, each once: the table's order is that of what people have. */
function inShort(refused: readonly ProbeResult[]): string {
  const telling = new Map<string, string>();
  for (const { encoder, node, verdict } of refused) {
    if (verdict.works || telling.has(verdict.reason)) continue;
    const isNamed = node === null || verdict.reason.includes(node);
    telling.set(verdict.reason, `${encoder}${isNamed ? "" : ` on ${node}`}: ${verdict.reason}`);
  }
  return [...telling.values()].slice(0, 2).join("; ");
}

/** Does something to each item, so many at once, and keeps the order of the answers. */
export async function inTurns<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  answer: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const waiting = [...items.entries()];
  const answers = new Map<number, Answer>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      answers.set(index, await answer(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, atOnce), items.length) }, work));
  return [...answers].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}

/** What is to be expected of an encoder at a size, and what to do about it; null where nothing speaks against it. */
function warningOf({ encoder, libraryVersion }: ChosenEncoder, size: Size): string | null {
  const { name, easySize } = encoder;
  if (easySize !== undefined && size.width * size.height > easySize.width * easySize.height)
    return (
      `${name} may be too slow for ${size.width}x${size.height} on two cores; ` +
      `use --size ${easySize.width}x${easySize.height}, a hardware encoder or --video-codec h264`
    );
  if (name === "libsvtav1" && libraryVersion?.startsWith("1."))
    return (
      `SVT-AV1 ${libraryVersion} delays video by 2 to 3 frames; ` +
      "use an ffmpeg with SVT-AV1 2 or later (--ffmpeg PATH), or --encoder libaom-av1, which needs more CPU time"
    );
  return null;
}
