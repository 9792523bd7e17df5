import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settingsSent } from "../e2e/unbroken.ts";
import { Viewer } from "../e2e/viewer.ts";
import type { End } from "./command.ts";
import { plugIn } from "./drivers.ts";
import { Guest } from "./guest.ts";
import { becomes, ffmpegs, removeAll, service, unit } from "./services.ts";

const FILE = "/etc/flvcast/house.yml";
const UNIT = "flvcast-house.service";
const TOKEN = "keeps-the-house-closed";

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot("systemd");
  await guest.shell("mkdir -p /etc/flvcast");
});
afterAll(() => guest?.stop());

const its = (property: string) => unit(guest, UNIT, property);
const watch = (name: string) =>
  new Viewer(`http://127.0.0.1:${guest.streamPort}/live/${name}.flv?token=${TOKEN}`);
const hasKeyFrame = ({ recording }: Viewer) => recording.keyPictures.length > 0;
const isActive = async () => (await its("ActiveState")) === "active";
const isOver = async () => (await its("ActiveState")) === "inactive";
const journal = () => guest.shell(`journalctl -u ${UNIT} -o cat --no-pager`);

const defaults = "{ size: 320x180, fps: 5, encoder: libx264, audio: none, ready-timeout: 300s, key-wait: 60s";

/** The file of streams that all run, of which one is edited. */
async function write(back: string): Promise<void> {
  await guest.write(FILE, [
    ...["name: house", "listen: 0.0.0.0:8080", "token: ${HOUSE_TOKEN}", `defaults: ${defaults} }`],
    ...["streams:", "  front: test", `  back: ${back}`, "  yard: cam0"],
  ]);
}

/** Watches so many more frames. */
async function goesOn(viewer: Viewer, frames = 8): Promise<void> {
  const before = viewer.recording.pictures.length;
  await viewer.until(({ recording }) => recording.pictures.length >= before + frames);
}

describe("a service of several streams", () => {
  let installed: End;

  beforeAll(async () => {
    await write("test");
    await guest.shell(
      `printf ${TOKEN} >/etc/flvcast/house-token; chmod 600 /etc/flvcast/house-token; mkdir -p /etc/systemd/system/${UNIT}.d`,
    );
    const dropIn = ["[Service]", "LoadCredential=HOUSE_TOKEN:/etc/flvcast/house-token"];
    await guest.write(`/etc/systemd/system/${UNIT}.d/override.conf`, dropIn);
    const install = ["node", "/project/bin/flvcast.js", "service", "install", "--config", FILE];
    installed = await guest.run(install, { env: { HOUSE_TOKEN: "for-the-check" }, killAfterMs: 600_000 });
  });
  afterAll(() => removeAll(guest));

  test("is up when each is on the air or waits for its device", async () => {
    expect(installed).toMatchObject({
      stdout: expect.stringMatching(/^\d on air, .*yard: waiting for cam0: [^\n]+\n$/) as string,
      stderr: [
        `flvcast: installed ${UNIT} and flvcast-house.socket in /etc/systemd/system\n`,
        `flvcast: URLs: flvcast url house; after editing the file: systemctl reload ${UNIT}\n`,
      ].join(""),
      exitCode: 0,
    });
    const areUp = async () => (await its("StatusText")).startsWith("2 on air, yard: waiting for cam0: ");
    await becomes(guest, areUp, "the other two"); // where a guest is too slow for its streams, they wait at first, too
    expect([await its("ActiveState"), await its("NRestarts")]).toEqual(["active", "0"]);
  });

  test("has its token by a credential, and tells it to nobody", async () => {
    const refused = await fetch(`http://127.0.0.1:${guest.streamPort}/live/front.flv`);
    expect(refused.status).toBe(401);
    await watch("front").watch(1);
    const urls = await guest.shell("node bin/flvcast.js url house");
    expect(urls).toContain(`http://10.0.2.15:8080/live/front.flv?token=${TOKEN}`);
    const pid = await its("MainPID");
    const told = `systemctl show ${UNIT}; systemctl status ${UNIT}; systemctl cat ${UNIT}; journalctl -u ${UNIT}`;
    const status = "node bin/flvcast.js status || true"; // which fails, as one stream waits
    const seen = await guest.shell(`${told}; tr '\\0' '\\n' </proc/${pid}/environ; ${status}`);
    expect(seen).toContain("HOUSE_TOKEN:/etc/flvcast/house-token");
    expect(seen).not.toContain(TOKEN);
    const credential = ["cat", `/run/credentials/${UNIT}/HOUSE_TOKEN`];
    expect((await guest.run(credential)).stdout).toBe(TOKEN);
    expect(await guest.run(credential, { user: "cam" })).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("takes a camera that is plugged in", async () => {
    await plugIn(guest, "camera");
    await becomes(guest, async () => (await its("StatusText")) === "3 on air", "all three");
    expect((await watch("yard").watch(1)).keyPictures.length).toBeGreaterThan(0);
  });

  test("takes on an edited file when it is reloaded, and tells systemd so; the other streams go on", async () => {
    const viewers = [watch("front"), watch("yard")];
    const edited = watch("back");
    await Promise.all([...viewers, edited].map((viewer) => goesOn(viewer)));
    const [pid, before] = [await its("MainPID"), await guest.shell("pgrep ffmpeg")];
    await guest.shell("systemd-analyze log-level debug");
    await write("{ device: test, size: 160x90 }");
    const uptime = async () => Number(await guest.shell("cut -d' ' -f1 /proc/uptime"));
    const beganS = await uptime();
    await guest.shell(`systemctl reload ${UNIT}`);
    await becomes(guest, async () => (await journal()).includes("configuration reloaded"), "a reload");
    await becomes(guest, async () => (await its("ActiveState")) === "active", "its end");
    await guest.shell("systemd-analyze log-level info");
    await edited.until(({ recording }) => settingsSent(recording) > 1);
    await Promise.all([...viewers, edited].map((viewer) => goesOn(viewer)));

    const said = await journal();
    const [, microseconds] = /\(RELOADING=1, MONOTONIC_USEC=(\d+)\)|$/.exec(said) ?? [];
    expect(Number(microseconds) / 1e6).toBeGreaterThan(beganS);
    expect(Number(microseconds) / 1e6).toBeLessThan(await uptime());
    expect(said).toMatch(/RELOADING=1[^]*configuration reloaded: changed "back"[^]*READY=1/);
    expect(said).toMatch(/Changed running -> reload\n[^]*Changed reload -> running/);
    console.log(
      said
        .split("\n")
        .filter((line) => /RELOADING|READY|Changed|reloaded/.test(line))
        .join("\n"),
    );

    expect(await its("MainPID")).toBe(pid);
    const after = await guest.shell("pgrep ffmpeg");
    expect(before.split("\n").filter((one) => !after.split("\n").includes(one))).toHaveLength(1);
    for (const { recording } of viewers) expect(settingsSent(recording)).toBe(1);
    for (const viewer of [...viewers, edited]) viewer.leave();
  });

  test("goes on as it was when the edited file is wrong, and the journal has each fault", async () => {
    const viewer = watch("back");
    await goesOn(viewer);
    await write("{ device: test, sise: 160x90, fps: fast }");
    await guest.shell(`systemctl reload ${UNIT}`);
    await becomes(guest, async () => (await journal()).includes("streams.back.fps:"), "the faults");
    expect(await journal()).toMatch(/house\.yml:7:\d+: streams\.back\.sise: unknown; did you mean size\?/);
    await goesOn(viewer);
    expect([settingsSent(viewer.recording), await its("ActiveState")]).toEqual([1, "active"]);
    viewer.leave();
  });

  test("ends clean when it is stopped", async () => {
    const viewers = [watch("front"), watch("yard")];
    await Promise.all(viewers.map((viewer) => goesOn(viewer)));
    await guest.shell(`systemctl stop flvcast-house.socket ${UNIT}`);
    await Promise.all(viewers.map((viewer) => viewer.toTheEnd()));
    expect(viewers.map(({ hasLastChunk }) => hasLastChunk)).toEqual([true, true]);
    expect([await its("Result"), await its("ExecMainStatus"), await ffmpegs(guest)]).toEqual([
      "success",
      "0",
      0,
    ]);
  });
});

describe("a service of streams on demand with --exit-idle", () => {
  beforeAll(async () => {
    await plugIn(guest, "camera");
    await guest.write(FILE, [
      ...["name: house", "listen: 0.0.0.0:8080", "auth: none", "exit-idle: 4s"],
      ...[
        `defaults: ${defaults}, on-demand: true, linger: 1s }`,
        "streams:",
        "  front: test",
        "  yard: cam0",
      ],
    ]);
    await guest.shell(`rm -rf /etc/systemd/system/${UNIT}.d; journalctl --rotate --vacuum-time=1s`);
  });
  afterAll(() => removeAll(guest));

  test("is started by the first connection, ends when idle, and is started again by the next", async () => {
    const installed = await service(guest, "install", "--config", FILE);
    expect(installed.exitCode).toBe(0);
    const names = ["yard", "front", "yard"];
    for (const name of names) {
      await becomes(guest, isOver, "idle");
      expect(await unit(guest, "flvcast-house.socket", "ActiveState")).toBe("active");
      expect([await its("Result"), await its("NRestarts"), await ffmpegs(guest)]).toEqual([
        "success",
        "0",
        0,
      ]);
      expect(await guest.run(["fuser", "-s", "/dev/video0"])).toMatchObject({ exitCode: 1 });
      const askedMs = performance.now();
      const viewer = await watch(name).until(hasKeyFrame);
      console.log(
        `${name}: ${Math.round(performance.now() - askedMs)} ms from the connection to the first key frame`,
      );
      expect(viewer.status).toBe(200);
      await becomes(guest, isActive, "active"); // systemd hears of it behind the viewer
      await goesOn(viewer);
      viewer.leave();
    }
    await becomes(guest, isOver, "idle again");
    const said = (await journal()).split("\n");
    const count = (pattern: RegExp) => said.filter((line) => pattern.test(line)).length;
    expect(count(/^Started flvcast/)).toBe(names.length + 1);
    expect(count(/no viewers for 4 s; exiting/)).toBe(names.length + 1);
  });
});
