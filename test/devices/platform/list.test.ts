import { expect, test } from "vitest";
import { listDevices } from "../../../src/devices/platform/list.ts";
import { machineOfListings } from "../../system/fake-machine.ts";
import { suffixes } from "./windows-listings.ts";

const LIST = "-hide_banner -nostdin -f dshow -list_devices true -i dummy";
const windowsMachine = () => machineOfListings("win32", { [LIST]: suffixes });

test("a platform's devices of all kinds are listed", async () => {
  const found = await listDevices({ machine: windowsMachine(), ffmpegPath: "ffmpeg" });
  expect(Object.values(found).map((list: readonly unknown[]) => list.length)).toEqual([3, 3, 1]);
});

test("only the kinds that are asked for are looked for", async () => {
  const machine = windowsMachine();
  expect(await listDevices({ machine, ffmpegPath: "ffmpeg" }, ["screen"])).toMatchObject({
    cameras: [],
    microphones: [],
    screens: [{ alias: "screen0" }],
  });
  expect(machine.runs).toEqual([]);
});

test("a platform that nobody taught us has none", async () => {
  const machine = machineOfListings("aix", {});
  expect(await listDevices({ machine, ffmpegPath: "ffmpeg" })).toEqual({
    cameras: [],
    microphones: [],
    screens: [],
  });
});
