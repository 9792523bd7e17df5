import { describe, expect, test } from "vitest";
import { checkContainer } from "../../src/doctor/container.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

describe("a container", () => {
  test("is told what it was not given, and how viewers get in", async () => {
    const scene = { files: { "/.dockerenv": "" }, nodes: { "/dev/video0": null } };
    expect(told(await checkContainer(contextWith(scene)))).toEqual([
      "warning | container | it was given no sound card | docker run --device /dev/snd …",
      "ok | container | viewers outside need flvcast start --host 0.0.0.0, and docker run -p 8080:8080",
    ]);
  });

  const files = { "/run/systemd/container": "lxc\n" };

  test.each([
    ["neither", {}, "it was given no camera and no sound card", "--device /dev/video0 --device /dev/snd"],
    ["a sound card", { "/dev/snd/timer": null }, "it was given no camera", "--device /dev/video0"],
    [
      "another's",
      { "/dev/video": null, "/dev/myvideo0": null, "/dev/video0x": null },
      "it was given no camera and no sound card",
      "--device /dev/video0 --device /dev/snd",
    ],
  ])("with %s is told what it lacks", async (_what, nodes, text, devices) => {
    const [first] = told(await checkContainer(contextWith({ files, nodes })));
    expect(first).toBe(`warning | container | ${text} | docker run ${devices} …`);
  });

  test("with all that there is is told how viewers get in", async () => {
    const nodes = { "/dev/video12": null, "/dev/snd/timer": null };
    expect(
      told(await checkContainer(contextWith({ files, nodes }, { host: "0.0.0.0", port: 9000 }))),
    ).toEqual(["ok | container | viewers outside need docker run -p 9000:9000"]);
  });

  test.each(["/.dockerenv", "/run/.containerenv", "/run/systemd/container"])(
    "is known by %s, on Linux",
    async (path) => {
      const scene = { files: { [path]: "" } };
      expect(await checkContainer(contextWith(scene))).not.toEqual([]);
      expect(await checkContainer(contextWith({ ...scene, platform: "darwin" }))).toEqual([]);
    },
  );

  test.each<[host: string | null, isInside: boolean]>([
    [null, true],
    ["::ffff:127.0.0.1", true],
    ["127.example", false],
    ["0.0.0.0", false],
  ])("with --host %s is watched from inside alone: %s", async (host, isInside) => {
    const scene = { files: { "/.dockerenv": "" } };
    const findings = told(await checkContainer(contextWith(scene, { host })));
    expect(findings.at(-1)?.includes("flvcast start --host")).toBe(isInside);
  });

  test("outside of one, nothing is said", async () => {
    expect(await checkContainer(contextWith({}))).toEqual([]);
  });
});
