import type { EncoderCache } from "../encoders/cache.ts";
import type { PublisherSlot } from "../inputs/publishers.ts";
import type { Machine } from "../system/machine.ts";
import type { ClockWatch } from "./supervisor/clock-watch.ts";
import type { DeviceWatch } from "./supervisor/device-watch.ts";

export interface Surroundings {
  readonly machine: Machine;
  readonly stdin: NodeJS.ReadStream;
  readonly watch: Pick<DeviceWatch, "onChange">;
  readonly clock: ClockWatch;
  readonly encoders: EncoderCache;
  /** Where the publishers of streams come; missing where there is no server for them. */
  readonly publishers?: { slotOf(name: string): PublisherSlot };
}

/** The same surroundings, in which the arrival of this stream's publisher is a change as that of a device is. */
export function watchedFor(name: string, surroundings: Surroundings): Surroundings {
  const slot = surroundings.publishers?.slotOf(name);
  if (slot === undefined) return surroundings;
  return {
    ...surroundings,
    watch: {
      onChange: (listener) => {
        const forgets = [surroundings.watch.onChange(listener), slot.onPublisher(listener)];
        return () => forgets.forEach((forget) => forget());
      },
    },
  };
}
