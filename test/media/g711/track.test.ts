import { expect, test } from "vitest";
import { G711Track, silentG711 } from "../../../src/media/g711/track.ts";
import { hex, md5, probe } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

test.each([
  ["alaw-5.1.nut", "pcm_alaw"],
  ["mulaw-5.1.nut", "pcm_mulaw"],
])("%s is one configuration and then every packet as it was", (name, codec) => {
  const [config, ...frames] = recorded(name).packets;
  expect(config).toMatchObject({
    ...{ kind: "audio-config", codec, channels: 1 },
    ...{ sampleRateHz: 8000, samplesPerFrame: 160 },
  });
  expect(frames.map((frame) => frame.kind === "audio-frame" && md5(frame.data))).toEqual(
    probe(name).packets.map(({ data_hash }) => data_hash),
  );
});

test("packets of another length are told before they come, and of none there is none", () => {
  const track = new G711Track("pcm_alaw");
  expect(track.announced).toMatchObject({ samplesPerFrame: 160 });
  const lengths = [320, 320, 100, 0].map((length) => track.push(new Uint8Array(length), 0).length);
  expect(lengths).toEqual([2, 1, 2, 0]);
});

test("silence is the code for 0", () => {
  expect(hex(silentG711("pcm_alaw", 3))).toBe("d5d5d5");
  expect(hex(silentG711("pcm_mulaw", 3))).toBe("ffffff");
});
