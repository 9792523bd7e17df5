import type { PublicEvent } from "../../src/events/public-event.ts";
import type { PublicEventName } from "../../src/settings/serve-settings.ts";

/** An event of a stream that is on the air. */
export function someEvent(event: PublicEventName, more: Partial<PublicEvent> = {}): PublicEvent {
  return {
    ...{ id: crypto.randomUUID(), event, atMs: 1_777_600_100_000, server: "house", stream: "garden" },
    ...{ state: "on-air", previous: "starting", sinceMs: 1_777_600_000_000, reason: null },
    ...{ text: "something happened", url: "http://127.0.0.1:8080/live/garden.flv", ...more },
  };
}
