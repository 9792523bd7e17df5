import { expect, test } from "vitest";
import { checkGroups } from "../../src/doctor/groups.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

const files = { "/etc/group": "root:x:0:\nvideo:x:44:kim\naudio:x:29:\nrender:x:105:ana\n" };
const toldOf = async (nodes: Record<string, number | null>, groups: readonly number[] = [1000]) =>
  told(await checkGroups(contextWith({ files, nodes }, { user: { name: "kim", groups, isRoot: false } })));

test("nothing is said where no device needs one", async () => {
  expect(await toldOf({ "/dev/null": null })).toEqual([]);
});

test("a group joined since the session began takes a new one", async () => {
  expect(await toldOf({ "/dev/video0": 44 })).toEqual([
    "warning | groups | kim joined video after logging in | log out and in again",
  ]);
});

test("all that are missing are one command", async () => {
  expect(
    await toldOf({ "/dev/dri/renderD128": 105, "/dev/snd/pcmC1D0c": 29, "/dev/snd/pcmC1D0p": 30 }),
  ).toEqual([
    "warning | groups | kim is not in audio, render, which may open the devices | sudo usermod -aG audio,render kim, then log in again",
  ]);
});

test("only capture devices and encoders count, on Linux", async () => {
  const nodes = {
    "/dev/video": 44,
    "/dev/xvideo0": 44,
    "/dev/snd/pcmC0D0cx": 44,
    "/dev/dri/card0": 44,
    "/dev/dri/renderD": 44,
  };
  expect(await toldOf(nodes)).toEqual([]);
  const context = contextWith({ platform: "darwin", files, nodes: { "/dev/video0": 44 } });
  expect(await checkGroups(context)).toEqual([]);
});

test("a group that the session has already, or root's own, is none to join", async () => {
  expect(await toldOf({ "/dev/video0": 44 }, [1000, 44])).toEqual([]);
  expect(await toldOf({ "/dev/video0": 0 })).toEqual([]);
});

test("a closed device whose owner is not known is not one that may be opened", async () => {
  const user = { name: "kim", groups: [1000], isRoot: false };
  const context = contextWith({ files: { ...files, "/dev/video0": "" } }, { user });
  expect(await checkGroups(context)).toEqual([]);
});

test("each group is told once, those that were joined apart from others and from those without a name", async () => {
  const nodes = {
    "/dev/video0": 44,
    "/dev/video1": 44,
    "/dev/video2": 29,
    "/dev/video3": 7,
    "/dev/video4": null,
  };
  expect(await toldOf(nodes)).toEqual([
    "warning | groups | kim joined video after logging in | log out and in again",
    "warning | groups | kim is not in audio, which may open the devices | sudo usermod -aG audio kim, then log in again",
    "warning | groups | devices belong to group 7, which has no name here | in a container: docker run --group-add 7",
  ]);
});

test("a group without a name is a container's", async () => {
  expect(await toldOf({ "/dev/video0": 993 })).toEqual([
    "warning | groups | devices belong to group 993, which has no name here | in a container: docker run --group-add 993",
  ]);
});

test("one that may open all needs none, by whatever right", async () => {
  expect(await toldOf({ "/dev/video0": null })).toEqual(["ok | groups | kim may open all devices"]);
});

test("root needs none", async () => {
  const context = contextWith(
    { nodes: { "/dev/video0": 44 } },
    { user: { name: "root", groups: [0], isRoot: true } },
  );
  expect(told(await checkGroups(context))).toEqual(["ok | groups | not needed for root"]);
});
