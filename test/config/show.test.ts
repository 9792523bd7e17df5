import { describe, expect, test } from "vitest";
import { shownConfig } from "../../src/config/show.ts";
import { HOUSE, HOUSE_SCENE, parse } from "./parsed.ts";

describe("a file as it is shown", () => {
  test("has every setting, and is a file that results in the same", () => {
    const config = parse(
      "listen: 8081\ncors: []\ndefaults: { fps: 29.97, max-lag: 4s }\nstreams: { a: test, b: { device: a.mp4, loop: true, auth: none, control: [] }, c: { device: '$${x}', copy: true }, d: { device: test, bitrate: 2500k } }\nevents: [{ run: [a, '$${b}'], after: 0 }, { post: 'http://h/', on: watched }]",
    );
    const shown = shownConfig(config, null);
    expect(shown).toContain("    bitrate: 2500k\n");
    expect(parse(shown).settings).toEqual({ ...config.settings });
    expect(parse(shownConfig(parse(shown), null)).settings).toEqual(config.settings);
  });

  test("says where each value comes from", () => {
    const scene = {
      ...HOUSE_SCENE,
      env: { ...HOUSE_SCENE.env, FLVCAST_MAX_VIEWERS: "10" },
      flags: { port: "9" },
    };
    const lines = shownConfig(parse(HOUSE, scene), "flvcast.yml").split("\n");
    const originOf = (start: string) =>
      /# (.*)$/.exec(lines.find((line) => line.startsWith(start)) ?? "")?.[1];
    expect(originOf("name:")).toBe("flvcast.yml:2");
    expect(originOf("host:")).toBe("flvcast.yml:3");
    expect(originOf("port:")).toBe("--port");
    expect(originOf("max-viewers:")).toBe("FLVCAST_MAX_VIEWERS");
    expect(originOf("auth:")).toBe("built in");
    expect(originOf("    size:")).toBe("flvcast.yml:14");
    expect(originOf("    audio:")).toBe("flvcast.yml:8 (defaults)");
    expect(originOf("    max-lag:")).toBe("built in");
  });

  test("has nothing that came from a reference, and no secret", () => {
    const text = shownConfig(parse(`token: ionic-satin-chomp\n${HOUSE}`, HOUSE_SCENE), "flvcast.yml");
    expect(text).not.toMatch(/ionic|p#s|admin|none-yet/);
    expect(text).toContain("device: rtsp://…@10.0.0.20/main");
    expect(text).toContain('"--urgent", "${YARD_USER}"');
    expect(text.match(/(token|secret): … +#/g)).toHaveLength(3);
  });
});
