import { expect, it } from "vitest";
import { toViewer } from "../../../src/server/api/serializers.ts";
import { FakeSink, send, somebody, videoHub } from "../../outputs/live/fakes.ts";

it("a viewer is shown with its numbers, and without a lag where none is known", () => {
  const hub = videoHub({});
  send(hub, "key@0");
  const viewer = hub.join(new FakeSink(), somebody);
  const { who, sink } = viewer;
  const shown = { who, sink, state: "live", lagMs: 12.6, skips: 2, sentBytes: 7 };
  const asViewer = (more: object) => toViewer("garden", { ...shown, ...more } as unknown as typeof viewer); // its fields alone
  expect(asViewer({})).toEqual({
    ...{ id: String(somebody.id), stream: "garden", address: somebody.address, sinceMs: somebody.sinceMs },
    ...{ transport: viewer.sink.transport.name, lagMs: 13, isWaiting: false, skipped: 2, sentBytes: 7 },
  });
  for (const unknown of [Number.POSITIVE_INFINITY, Number.NaN])
    expect(asViewer({ lagMs: unknown }).lagMs).toBeNull();
  expect(asViewer({ state: "waiting-for-key" }).isWaiting).toBe(true);
});
