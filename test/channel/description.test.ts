import { expect, it } from "vitest";
import { sessionStatus } from "../../src/channel/description.ts";
import type { Session } from "../../src/channel/session.ts";
import { UserError } from "../../src/errors.ts";
import type { InputStatus } from "../../src/stream.ts";
import { audioConfig, videoConfig } from "../media/flv/packets.ts";

function input(name: string, status: Partial<InputStatus>): InputStatus {
  return {
    ...{
      name,
      label: name,
      state: "running",
      restarts: 0,
      stalls: 0,
      silentTracks: [],
      lastError: null,
      reason: null,
    },
    ...{ retryAtMs: null, maxSilenceMs: null, lastFrameMs: null },
    ...status,
  };
}

/** As much of a session as its status is made of. */
function session(...inputs: readonly InputStatus[]): Session {
  const encoder = { chosen: { encoder: { name: "libx264" } }, reason: "libx264, as requested" };
  return { inputs, plan: { encoder }, pipeline: { videoConfig, audioConfig } } as unknown as Session;
}

const absent = new UserError("deviceAbsent", "cam0 is not there");
const NOTHING = {
  ...{ inputs: [], encoder: null, encoderReason: null, encoderLagMs: null },
  ...{ codecs: [], size: null, restarts: 0 },
};
const failed = (lastError: string) => ({ lastError, reason: "stalled" }) as const;

it.each<[string, UserError | null, object]>([
  ["nothing", null, { ...NOTHING, lastError: null, reason: null }],
  ["what is waited for", absent, { ...NOTHING, lastError: "cam0 is not there", reason: "deviceAbsent" }],
])("before there is a session its status tells %s", (_, waitsFor, status) => {
  expect(sessionStatus(null, waitsFor)).toEqual(status);
});

it.each<[string, readonly InputStatus[], object]>([
  [
    "no failure where none was",
    [input("a", {}), input("b", {})],
    { restarts: 0, lastError: null, reason: null },
  ],
  [
    "the restarts of all inputs",
    [input("a", { restarts: 2 }), input("b", { restarts: 3 })],
    { restarts: 5, lastError: null },
  ],
  [
    "the one failure",
    [input("a", failed("a is away")), input("b", {})],
    { lastError: "a is away", reason: "stalled" },
  ],
  [
    "the failure of the last input that has one",
    [input("a", failed("a is away")), input("b", failed("b is away"))],
    { lastError: "b is away" },
  ],
])("a session's status tells %s", (_, inputs, status) => {
  expect(sessionStatus(session(...inputs), null)).toMatchObject({
    ...{ inputs, encoder: "libx264", encoderReason: "libx264, as requested" },
    size: `${videoConfig.width}x${videoConfig.height}`,
    ...status,
  });
});
