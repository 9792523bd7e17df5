import type { DriverChange } from "../ffmpeg/driver-change.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import type { Packet } from "../media/packet.ts";
import { FrameRate } from "../timing/frame-rate.ts";
import type { Pipeline } from "./pipeline.ts";

/** Corrects the frame rate in the metadata: to what is measured where nobody says it, or to what a driver makes of it. */
export class InputRate {
  readonly #pipeline: Pick<Pipeline, "correct">;
  readonly #measured: FrameRate;

  constructor(pipeline: Pick<Pipeline, "correct">, plans: readonly ProcessPlan[]) {
    this.#pipeline = pipeline;
    const camera = plans.find(({ source }) => source.clock === "rtp");
    this.#measured = new FrameRate(camera?.video?.fps ?? null);
  }

  see({ source }: ProcessPlan, packets: readonly Packet[]): void {
    if (source.clock !== "none" && source.clock !== "rtp") return; // others name theirs, and keep it
    for (const packet of packets) {
      const framerate = packet.kind === "video-frame" ? this.#measured.saw(packet.decodeTimeUs) : null;
      if (framerate !== null) this.#pipeline.correct({ framerate });
    }
  }

  hear(change: DriverChange): void {
    if (change.kind === "rate") this.#pipeline.correct({ framerate: change.toFps });
    if (change.kind === "fixed-rate") this.#pipeline.correct({ framerate: undefined }); // and nobody says which it is
  }

  breaks(): void {
    this.#measured.breaks();
  }
}
