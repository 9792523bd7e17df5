import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ran } from "../../src/system/machine.ts";
import {
  closedToOthers,
  install,
  installedNames,
  remove,
  serviceFiles,
} from "../../src/systemd/installation.ts";
import { Systemctl } from "../../src/systemd/systemctl.ts";
import { FakeSystemd } from "./fake-systemd.ts";
import { somePlan } from "./some-plan.ts";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "flvcast-units-"));
  folder = join(parent, "not/yet/there");
});
afterEach(() => rmSync(parent, { recursive: true }));

/** Writes down which units there are when each of its calls ends. */
class WatchingSystemd extends FakeSystemd {
  readonly steps: string[] = [];

  override async run(program: string, args: readonly string[]): Promise<Ran | null> {
    const ran = await super.run(program, args);
    const units = existsSync(folder) ? readdirSync(folder).toSorted() : [];
    this.steps.push(`${args.join(" ")} (${units.join(" ")})`);
    return ran;
  }
}

const withoutSocket = { ...somePlan, socket: null };

describe("a service", () => {
  test("whose folder cannot be made is refused in a line", async () => {
    writeFileSync(join(parent, "file"), "");
    const installer = {
      folder: join(parent, "file/units"),
      systemctl: new Systemctl(new FakeSystemd(), "system"),
    };
    await expect(install(somePlan, installer)).rejects.toMatchObject({
      ...{
        name: "UserError",
        message: expect.stringContaining(`cannot create ${installer.folder}: ENOTDIR`),
      },
    });
  });

  test("is written before systemd reads it, and its socket started first", async () => {
    const machine = new WatchingSystemd();
    await install(somePlan, { folder, systemctl: new Systemctl(machine, "system") });
    const both = "(flvcast-door.service flvcast-door.socket)";
    expect(machine.steps).toEqual([
      `daemon-reload ${both}`,
      `enable flvcast-door.service flvcast-door.socket ${both}`,
      `start flvcast-door.socket ${both}`,
      `start --no-block flvcast-door.service ${both}`,
    ]);
    for (const [name, text] of serviceFiles(somePlan)) {
      expect(readFileSync(join(folder, name), "utf8")).toBe(text);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644 & ~process.umask());
    }
  });

  test("that chooses its own port has no socket", async () => {
    const machine = new WatchingSystemd();
    await install(withoutSocket, { folder, systemctl: new Systemctl(machine, "user") });
    expect(machine.steps).toEqual([
      "--user daemon-reload (flvcast-door.service)",
      "--user enable flvcast-door.service (flvcast-door.service)",
      "--user start --no-block flvcast-door.service (flvcast-door.service)",
    ]);
  });

  test("takes the place of one of its name, also of its socket", async () => {
    const machine = new WatchingSystemd();
    const systemctl = new Systemctl(machine, "system");
    await install(somePlan, { folder, systemctl });
    machine.steps.length = 0;
    await install(withoutSocket, { folder, systemctl });
    expect(machine.steps.slice(0, 3)).toEqual([
      "disable --now flvcast-door.socket flvcast-door.service (flvcast-door.service flvcast-door.socket)",
      "daemon-reload ()",
      "reset-failed flvcast-door.socket flvcast-door.service ()",
    ]);
    expect(readdirSync(folder)).toEqual(["flvcast-door.service"]);
  });

  test("is removed alone", async () => {
    const machine = new WatchingSystemd();
    const systemctl = new Systemctl(machine, "system");
    for (const name of ["door", "doors"]) await install({ ...withoutSocket, name }, { folder, systemctl });
    machine.answer("systemctl reset-failed", { code: 1 }); // it has not failed
    machine.steps.length = 0;
    expect(await remove("door", { folder, systemctl })).toBe(true);
    expect(machine.steps).toEqual([
      "disable --now flvcast-door.service (flvcast-door.service flvcast-doors.service)",
      "daemon-reload (flvcast-doors.service)",
      "reset-failed flvcast-door.service (flvcast-doors.service)",
    ]);
    expect(await remove("door", { folder, systemctl })).toBe(false);
    expect(machine.steps).toHaveLength(3);
  });

  test("that systemd does not let go of stays", async () => {
    const machine = new WatchingSystemd();
    const systemctl = new Systemctl(machine, "system");
    await install(withoutSocket, { folder, systemctl });
    machine.answer("systemctl disable", { code: 1, stderr: "Access denied" });
    await expect(remove("door", { folder, systemctl })).rejects.toThrow("Access denied");
    expect(await installedNames(folder)).toEqual(["door"]);
  });

  test("whose unit cannot be written, or removed, is refused with its path", async () => {
    const systemctl = new Systemctl(new WatchingSystemd(), "system");
    const path = join(folder, "flvcast-door.service");
    mkdirSync(join(path, "in its place"), { recursive: true });
    await expect(remove("door", { folder, systemctl })).rejects.toMatchObject({
      reason: "failure",
      message: expect.stringContaining(`cannot remove ${path}: `),
    });
    rmSync(path, { recursive: true });
    const nowhere = install({ ...somePlan, name: "a/b" }, { folder, systemctl });
    await expect(nowhere).rejects.toMatchObject({
      reason: "failure",
      message: expect.stringContaining(`cannot write ${join(folder, "flvcast-a/b.service")}: `),
    });
  });
});

test("the services that are installed are those with a unit of ours", async () => {
  expect(await installedNames(folder)).toEqual([]);
  mkdirSync(folder, { recursive: true });
  for (const name of [
    ...["flvcast-yard.service", "flvcast-door.service", "flvcast-door.socket", "flvcast-.service"],
    ...["flvcast.service", "my-flvcast-a.service", "flvcast-b.service.d"],
  ])
    writeFileSync(join(folder, name), "");
  expect(await installedNames(folder)).toEqual(["door", "yard"]);
});

test.each<[modes: readonly [folder: number, file: number], closed: "folder" | "file" | null]>([
  [[0o755, 0o644], null],
  [[0o711, 0o644], null],
  [[0o701, 0o604], null],
  [[0o754, 0o644], "folder"],
  [[0o750, 0o644], "folder"],
  [[0o755, 0o640], "file"],
  [[0o755, 0o643], "file"],
  [[0o755, 0o641], "file"],
])(
  "of a folder and a file of modes %j, others are kept out by the %s",
  async ([folderMode, fileMode], closed) => {
    const open = join(parent, "open");
    const file = join(open, "file");
    mkdirSync(open);
    writeFileSync(file, "");
    chmodSync(file, fileMode);
    chmodSync(open, folderMode);
    chmodSync(parent, 0o755);
    const paths = { folder: open, file };
    expect(await closedToOthers(file)).toBe(closed && paths[closed]);
  },
);

test("what is not there is closed, and the first folder on the way counts", async () => {
  chmodSync(parent, 0o755);
  expect(await closedToOthers(join(parent, "nothing"))).toBe(join(parent, "nothing"));
  const inner = join(parent, "a/b");
  mkdirSync(inner, { recursive: true });
  chmodSync(inner, 0o700);
  chmodSync(join(parent, "a"), 0o700);
  expect(await closedToOthers(join(inner, "c"))).toBe(join(parent, "a"));
  expect(await closedToOthers("/")).toBeNull();
});
