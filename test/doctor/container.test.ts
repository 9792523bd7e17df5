import { describe, expect, test } from "vitest";
import { checkContainer } from "../../src/doctor/container.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

describe("a container", () => {
  test("is told what it was not given, and how viewers get in", async () => {
    const scene = { files: { "/.dockerenv": "" }, nodes: { "/dev/video0": null } };
    expect(told(await checkContainer(contextWith(scene)))).toEqual([
      "warning | container | no sound device passed to the container | docker run -p 8080:8080 --device /dev/snd …",
    ]);
  });

  const files = { "/run/systemd/container": "lxc\n" };

  test.each([
    ["neither", {}, "no camera or sound device", "--device /dev/video0 --device /dev/snd"],
    ["a sound card", { "/dev/snd/timer": null }, "no camera", "--device /dev/video0"],
    [
      "another's",
      { "/dev/video": null, "/dev/myvideo0": null, "/dev/video0x": null },
      "no camera or sound device",
      "--device /dev/video0 --device /dev/snd",
    ],
  ])("with %s is told what it lacks", async (_what, nodes, text, devices) => {
    const [first] = told(await checkContainer(contextWith({ files, nodes })));
    expect(first).toBe(
      `warning | container | ${text} passed to the container | docker run -p 8080:8080 ${devices} …`,
    );
  });

  test("with all that there is is told how viewers get in", async () => {
    const nodes = { "/dev/video12": null, "/dev/snd/timer": null };
    expect(
      told(await checkContainer(contextWith({ files, nodes }, { host: "0.0.0.0", port: 9000 }))),
    ).toEqual(["ok | container | to reach it from outside the container: docker run -p 9000:9000"]);
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
    const scene = { files: { "/.dockerenv": "" }, nodes: { "/dev/video0": null, "/dev/snd/timer": null } };
    const findings = told(await checkContainer(contextWith(scene, { host })));
    expect(findings.at(-1)?.includes("flvcast start --host")).toBe(isInside);
  });

  test("outside of one, nothing is said", async () => {
    expect(await checkContainer(contextWith({}))).toEqual([]);
  });
});
