import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addPin, parsePins, readPins, removePin, writePins } from "../../src/devices/pins.ts";

const door = { name: "door", stableId: "/dev/v4l/by-id/usb-door" };
const yard = { name: "yard", stableId: "/dev/v4l/by-id/usb-yard" };

let home: string;
let own: string;
let system: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "flvcast-pins-"));
  own = join(home, "own", "flvcast");
  system = join(home, "system");
});

afterEach(() => rm(home, { recursive: true }));

describe("pins", () => {
  test("are what was written, and none where nothing was", async () => {
    expect(await readPins(own, system)).toEqual([]);
    await writePins(own, [yard, door]);
    expect(await readPins(own, system)).toEqual([door, yard]);
    expect(await readFile(join(own, "devices.json"), "utf8")).toBe(
      '{\n  "pins": {\n    "door": "/dev/v4l/by-id/usb-door",\n    "yard": "/dev/v4l/by-id/usb-yard"\n  }\n}\n',
    );
  });

  test("of the system count where the user has none of that name", async () => {
    await writePins(system, [{ name: "door", stableId: "the system's" }, yard]);
    await writePins(own, [door]);
    expect(await readPins(own, system)).toEqual([door, yard]);
    expect(await readPins(system, system)).toHaveLength(2);
  });

  test("replace one of their name, and leave the others", async () => {
    await writePins(own, [door, yard]);
    await addPin(own, { name: "door", stableId: "new" });
    expect(await readPins(own, system)).toEqual([{ name: "door", stableId: "new" }, yard]);
    await removePin(own, "door", system);
    expect(await readPins(own, system)).toEqual([yard]);
  });

  test("can be read by other users, and leave no draft behind", async () => {
    await writePins(own, [door]);
    await writePins(own, [door, yard]);
    expect(await readdir(own)).toEqual(["devices.json"]);
    expect((await stat(join(own, "devices.json"))).mode & 0o777).toBe(0o644);
  });
});

describe("a pin that is not the user's cannot be taken out", () => {
  test("where there is none of that name", async () => {
    await expect(removePin(own, "door", system)).rejects.toMatchObject({
      reason: "usage",
      message: 'no pin named "door" (none is set)',
    });
    await writePins(own, [yard]);
    await expect(removePin(own, "door", system)).rejects.toThrow('no pin named "door" (pins: yard)');
  });

  test("where it is everybody's", async () => {
    await writePins(system, [door]);
    await expect(removePin(own, "door", system)).rejects.toMatchObject({
      reason: "permission",
      message: `"door" is pinned for all users, in ${join(system, "devices.json")}; unpin it with sudo`,
    });
  });
});

test.each([
  "",
  "{",
  "[]",
  '{"door": "usb-door"}',
  '{"pins": []}',
  '{"pins": {"door": 1}}',
  '{"pins": {"door": ""}}',
  '{"pins": {"cam0": "usb-door"}}',
  '{"pins": {"a b": "usb-door"}}',
  `{"pins": {"door": "${"x".repeat(2000)}"}}`,
])("a broken file is told by its name, and kept: %j", async (text) => {
  await writePins(own, []);
  await writeFile(join(own, "devices.json"), text);
  const told = `${join(own, "devices.json")} is not valid`;
  await expect(readPins(own, system)).rejects.toThrow(told);
  await expect(addPin(own, door)).rejects.toThrow(told);
  expect(await readFile(join(own, "devices.json"), "utf8")).toBe(text);
});

test("a folder that cannot be is an error that names the file", async () => {
  await writeFile(join(home, "file"), "");
  const folder = join(home, "file", "flvcast");
  expect(await readPins(folder, system)).toEqual([]);
  await expect(writePins(folder, [door])).rejects.toThrow(
    `cannot write ${join(folder, "devices.json")} (ENOTDIR)`,
  );
});

test("any text is a file of pins or none", () => {
  const names = fc.constantFrom("pins", "door", "__proto__", "cam1");
  const json = fc.json().map((text) => `{"pins":${text}}`);
  const pins = fc.dictionary(names, fc.string()).map((object) => JSON.stringify({ pins: object }));
  fc.assert(
    fc.property(fc.oneof(fc.string(), json, pins), (text) => {
      for (const { name, stableId } of parsePins(text) ?? []) {
        expect(name).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/);
        expect(stableId.length).toBeGreaterThan(0);
      }
    }),
  );
});

// Root may read whatever it likes: a folder in place of the file is what it cannot.
test("a file that cannot be read is told by its name", async () => {
  await mkdir(join(own, "devices.json"), { recursive: true });
  await expect(readPins(own, system)).rejects.toThrow(`cannot read ${join(own, "devices.json")} (EISDIR)`);
});

test("a file that this user may not read has no pins, and is not replaced", async ({ skip }) => {
  skip(process.getuid?.() === 0, "root may read everything");
  await writePins(own, [door]);
  await chmod(join(own, "devices.json"), 0);
  expect(await readPins(own, system)).toEqual([]);
  await expect(addPin(own, yard)).rejects.toMatchObject({ reason: "permission" });
});
