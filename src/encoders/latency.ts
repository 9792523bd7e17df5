import type { EncoderChoice } from "./choose.ts";
import { holdsFramesRight, type ProbeSetup } from "./probe.ts";

/** Encoders and nodes of which it is known whether normal latency works. */
export type KnownLatencies = Map<string, boolean>;

/**
 * The same encoder, asked for normal latency: hardware may refuse B-frames, so it is tried once, and stays at low latency
 * where it does.
 */
export async function withNormalLatency(
  choice: EncoderChoice,
  setup: ProbeSetup,
  known: KnownLatencies,
): Promise<EncoderChoice> {
  const { encoder, node } = choice.chosen;
  if (encoder.heldFrames === undefined)
    return { ...choice, isFallback: true, reason: `${choice.reason}; it has low latency only` };
  const chosen = { ...choice.chosen, latency: "normal" as const };
  const normal = { ...choice, chosen, reason: `${choice.reason}, with normal latency` };
  if (encoder.hardware.kind === "none") return normal;
  const key = `${encoder.name} ${node ?? ""} ${setup.size.width}x${setup.size.height}`;
  const works = known.get(key) ?? (await holdsFramesRight(chosen, setup));
  known.set(key, works);
  if (works) return normal;
  const reason = `${choice.reason}; normal latency fails, so it has low latency`;
  return { ...choice, isFallback: true, reason };
}
