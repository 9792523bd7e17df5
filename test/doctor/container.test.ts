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
