import { expectedAudio } from "../ffmpeg/audio-plan.ts";
import type { StreamForm } from "../media/codecs.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import { version } from "../version.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { Pipeline } from "./pipeline.ts";

export function pipelineOf(plan: ChannelPlan, outputs: FanOut, form: StreamForm): Pipeline {
  const { tracks, rates, processes, readsStdin } = plan;
  const areFiles = processes.every(({ source }) => source.hasEnd && source.feed === undefined);
  return new Pipeline({
    ...{ outputs, tracks, rates, form, encoderName: `flvcast ${version}`, wallMs: () => Date.now() },
    expectedAudio: processes.map(expectedAudio).find((config) => config !== null) ?? null,
    interleaves: holdsFrames(plan),
    keepsAll: !readsStdin && areFiles,
  });
}

/** Whether an encoder holds video back, so that its sound is to wait. */
export function holdsFrames({ processes }: Pick<ChannelPlan, "processes">): boolean {
  return processes.some(({ video }) => video?.heldFrames !== undefined);
}
