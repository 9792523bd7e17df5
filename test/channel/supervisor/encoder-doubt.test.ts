import { expect, it } from "vitest";
import { EncoderDoubt, type Suspicion } from "../../../src/channel/supervisor/encoder-doubt.ts";

const sent = { wasHealthy: false, sentFrames: true };
const silent = { wasHealthy: false, sentFrames: false };
const healthy = { wasHealthy: true, sentFrames: true };

function verdicts(...runs: readonly (readonly [Suspicion, typeof sent])[]) {
  const doubt = new EncoderDoubt();
  return runs.map(([suspicion, run]) => doubt.judge(suspicion, run));
}

it("leaves an encoder out that says twice that it failed", () => {
  expect(verdicts(["accused", sent], ["accused", sent])).toEqual(["keep", "leave-out"]);
});

it("never holds a device's failures against it", () => {
  expect(verdicts(["cleared", sent], ["cleared", silent], ["accused", sent], ["cleared", sent])).toEqual([
    "keep",
    "keep",
    "keep",
    "keep",
  ]);
});

it("forgives after a healthy minute", () => {
  expect(verdicts(["accused", sent], ["accused", healthy], ["accused", sent])).toEqual([
    "keep",
    "keep",
    "leave-out",
  ]);
});

it("takes it back where the next one is as silent: it was the device", () => {
  expect(verdicts(["unclear", sent], ["unclear", sent], ["unclear", silent])).toEqual([
    "keep",
    "leave-out",
    "take-back",
  ]);
});

it("takes none back that said itself that it failed", () => {
  expect(verdicts(["accused", sent], ["accused", sent], ["unclear", silent])).toEqual([
    "keep",
    "leave-out",
    "keep",
  ]);
});

it("stays with the next one where that sends", () => {
  expect(verdicts(["unclear", sent], ["unclear", sent], ["cleared", sent], ["cleared", silent])).toEqual([
    "keep",
    "leave-out",
    "keep",
    "keep",
  ]);
});
