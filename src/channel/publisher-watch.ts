import type { Surroundings } from "./session.ts";

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
