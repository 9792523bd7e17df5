import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { configJsonSchema } from "../../src/config/schema.ts";
import { configTemplate } from "../../src/config/template.ts";
import { faultsOf, HOUSE, HOUSE_SCENE } from "./parsed.ts";

const schema = z.fromJSONSchema(JSON.parse(configJsonSchema()));
const isAccepted = (text: string) => schema.safeParse(parseYaml(text)).success;

const camera = { name: 'HD "Webcam"\n# x', stableId: "/dev/v4l/by-id/usb-HD_Webcam-video-index0" };

describe("what the parser accepts, the schema accepts", () => {
  test.each([
    ["the file of a house", HOUSE],
    ["a file for no camera", configTemplate([])],
    ["a file for two cameras of a kind", configTemplate([camera, camera])],
    ["devices alone", "streams: { a: cam0, b: 5 }"],
    [
      "numbers, switches and lists",
      "port: 80\ncors: '*'\npublic-host: [a.example]\nstreams: { a: { device: test, fps: 30, gop: 0.5, copy: no, overlay-time: true, size: 640x480 } }",
    ],
    ["empty sections", "defaults:\nevents:\nstreams: { a: test }"],
    ["a device of the defaults", "defaults: { device: test }\nstreams: { a: }"],
    ["streams that are published", "publish: any"],
    ["the same by a key, and no others", "publish-key: right-key-1\nstreams:"],
    [
      "rules",
      "streams: { a: test }\nevents: [{ run: a }, { run: [a, 1], on: all, after: 0 }, { post: 'http://h/', on: [watched] }]",
    ],
  ])("%s", (_, text) => {
    expect(faultsOf(text, HOUSE_SCENE)).toEqual([]);
    expect(isAccepted(text)).toBe(true);
  });
});

describe("what is no key, or of another type, neither accepts", () => {
  test.each([
    "streams: [a]",
    "streams: { a: { device: test, sise: 1 } }",
    "streams: { a: { device: test, fps: true } }",
    "streams: { a: { device: test, size: [1] } }",
    "streams: { a: test }\nfps: 30",
    "streams: { a: test }\nevents: notify",
    "streams: { a: test }\nevents: [{ exec: a }]",
  ])("%s", (text) => {
    expect(faultsOf(text)).not.toEqual([]);
    expect(isAccepted(text)).toBe(false);
  });
});
