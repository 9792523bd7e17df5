import { Pipeline, type PipelineOptions } from "../../src/channel/pipeline.ts";
import type { Tracks } from "../../src/media/packet.ts";
import { FanOut } from "../../src/outputs/fan-out.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../src/outputs/live/limits.ts";
import { LiveOutput } from "../../src/outputs/live/live-output.ts";

export interface LivePipeline {
  readonly pipeline: Pipeline;
  readonly outputs: FanOut;
  readonly hub: Hub;
}

/** A pipeline whose only output is the live stream, as a channel wires it; of both tracks, unless it is told others. */
export function livePipeline({
  name = "cam",
  limits = {},
  ...options
}: Partial<Omit<PipelineOptions, "outputs">> & {
  readonly tracks?: Tracks;
  readonly name?: string;
  readonly limits?: Partial<HubLimits>;
} = {}): LivePipeline {
  const live = new LiveOutput({ name, limits, onHub: () => undefined });
  const outputs = new FanOut({
    live,
    onFailed: (_output, error) => {
      throw error;
    },
  });
  const pipeline = new Pipeline({
    tracks: { video: true, audio: true },
    rates: {},
    encoderName: "test",
    ...options,
    outputs,
  });
  const { hub } = live;
  if (hub === null) throw new Error("the pipeline has begun no stream");
  return { pipeline, outputs, hub };
}
