import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { execLine, unitText } from "../../src/systemd/unit-text.ts";
import { settingsSent } from "../e2e/unbroken.ts";
import { Viewer } from "../e2e/viewer.ts";
import type { End } from "./command.ts";
import { plugIn } from "./drivers.ts";
import { Guest } from "./guest.ts";
import { becomes, ffmpegs, removeAll, service, unit } from "./services.ts";

/** The unit's TimeoutStartSec. */
const START_TIMEOUT_MS = 90_000;

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot("systemd");
});
afterAll(() => guest?.stop());

const light = [
  "--size",
  "640x360",
  "--fps",
  "10",
  "--host",
  "0.0.0.0",
  "--auth",
  "none",
  "--ready-timeout",
  "60s",
  "--encoder",
  "libx264",
];

/** What systemd tells of the service of the first tests. */
const its = (property: string) => unit(guest, "flvcast-one.service", property);
const watch = (name = "one") => new Viewer(`http://127.0.0.1:${guest.streamPort}/live/${name}.flv`);

describe("a service of the test picture", () => {
  let installed: End;
  beforeAll(async () => {
    installed = await service(
      guest,
      ...["install", "--name", "one", "--", "--device", "test", "--name", "one"],
      ...light,
    );
  });
  afterAll(() => removeAll(guest));

  test("is up when it can be watched, and tells where", async () => {
    expect(installed).toMatchObject({
      stderr: "flvcast: installed flvcast-one.service and flvcast-one.socket in /etc/systemd/system\n",
      stdout: "http://10.0.2.15:8080/live/one.flv\n", // the socket's own address
      exitCode: 0,
    });
    expect(await its("ActiveState")).toBe("active");
    expect(await its("StatusText")).toContain("on air: http://10.0.2.15:8080/live/one.flv");
    expect((await watch().watch(2)).pictures.length).toBeGreaterThan(5);
  });

  test("runs as a user of its own, in the groups that devices belong to", async () => {
    const pid = await its("MainPID");
    const groups = await guest.shell(`grep -E '^(Uid|Groups|NoNewPrivs|CapBnd):' /proc/${pid}/status`);
    const numbers = await guest.shell("getent group video audio render | cut -d: -f3");
    const [uid = "0"] = /(?<=Uid:\t)\d+/.exec(groups) ?? [];
    expect(Number(uid)).toBeGreaterThan(60_000); // systemd's range for users that come and go
    for (const gid of numbers.split("\n")) expect(groups).toMatch(new RegExp(`Groups:.*\\b${gid}\\b`));
    expect(groups).toMatch(/NoNewPrivs:\t1/);
    expect(groups).toMatch(/CapBnd:\t0+$/m);
  });

  test("passes systemd's own examinations", async () => {
    const security = await guest.shell("systemd-analyze security --no-pager flvcast-one.service | tail -1");
    const verify = await guest.shell("systemd-analyze verify flvcast-one.service flvcast-one.socket 2>&1");
    const exposure = Number(/exposure level for flvcast-one.service: ([\d.]+)/.exec(security)?.[1]);
    console.log(`systemd-analyze security: ${exposure}`);
    expect(exposure).toBeLessThanOrEqual(3);
    expect(verify).toBe("");
  });

  test("is killed by the watchdog and started again, when its event loop hangs", async () => {
    const [pid, restarts] = [await its("MainPID"), Number(await its("NRestarts"))];
    const stoppedMs = performance.now();
    await guest.shell(`kill -STOP ${pid}`);
    await becomes(guest, async () => Number(await its("NRestarts")) > restarts, "a restart");
    console.log(`restarted ${((performance.now() - stoppedMs) / 1000).toFixed(0)} s after it hung`);
    await becomes(guest, async () => (await its("ActiveState")) === "active", "on the air again");
    expect(await its("MainPID")).not.toBe(pid);
    expect(await guest.shell("journalctl -u flvcast-one -o cat --no-pager")).toContain("Watchdog timeout");
    expect(await ffmpegs(guest)).toBe(1);
    expect((await watch().watch(1)).pictures.length).toBeGreaterThan(1);
  });

  test("is left alone by systemd, when it is ffmpeg that hangs: that is flvcast's own to mend", async () => {
    const [pid, restarts] = [await its("MainPID"), await its("NRestarts")];
    const viewer = watch();
    await viewer.until(({ recording }) => recording.spanMs > 500);
    await guest.shell("pkill -STOP -x ffmpeg");
    await viewer.until(({ recording }) => settingsSent(recording) > 1);
    viewer.leave();
    expect(await guest.shell("journalctl -u flvcast-one -o cat --no-pager")).toContain(
      "test sent no video for 5 s",
    );
    expect(await its("ActiveState")).toBe("active");
    expect([await its("MainPID"), await its("NRestarts")]).toEqual([pid, restarts]);
    expect(await ffmpegs(guest)).toBe(1);
  });

  test("takes a viewer that comes while it restarts: the port is held", async () => {
    const pid = await its("MainPID");
    await guest.shell(`kill -KILL ${pid}`);
    const viewer = watch();
    await viewer.until(({ head }) => head !== "");
    expect([200, 503]).toContain(viewer.status);
    viewer.leave();
    await becomes(guest, async () => (await its("ActiveState")) === "active", "on the air again");
    expect(await its("MainPID")).not.toBe(pid);
  });

  test("leaves the port's socket to itself: no ffmpeg holds it", async () => {
    const holders = await guest.shell("ss -Hltnp 'sport = :8080'");
    expect(holders).toContain('"systemd"');
    expect(holders).toContain('"node"');
    expect(holders).not.toContain("ffmpeg");
  });

  test("ends clean when it is stopped: viewers have their last chunk, no ffmpeg is left", async () => {
    const viewer = watch();
    await viewer.until(({ recording }) => recording.spanMs > 500);
    await guest.shell("systemctl stop flvcast-one.socket flvcast-one.service");
    await viewer.toTheEnd();
    expect(viewer.hasLastChunk).toBe(true);
    expect(await its("Result")).toBe("success");
    expect(await its("ExecMainStatus")).toBe("0");
    expect(await ffmpegs(guest)).toBe(0);
    await guest.shell("systemctl start flvcast-one.service");
  });

  test("is gone without a trace when it is uninstalled", async () => {
    const { exitCode, stderr } = await service(guest, "uninstall");
    expect(stderr).toBe("flvcast: removed flvcast-one.service\n");
    expect(exitCode).toBe(0);
    expect(
      await guest.shell(
        "systemctl list-units --all --no-legend 'flvcast-*'; ls /etc/systemd/system | grep flvcast || true",
      ),
    ).toBe("");
    expect(await ffmpegs(guest)).toBe(0);
  });
});

test("a service may open a camera whose driver is loaded after it has started: by its number", async () => {
  expect(await guest.shell("cat /proc/devices")).not.toContain("video4linux"); // first of all tests with a camera
  const { devices, user } = await confinementOf("flvcast-x");
  const waits =
    "until [ -e /dev/video0 ]; do sleep 0.2; done; udevadm settle; exec v4l2-ctl -d /dev/video0 --info";
  const late = guest.start(
    ["systemd-run", "--pipe", "--wait", "--quiet", ...user, ...devices, "bash", "-c", `echo waits; ${waits}`],
    { killAfterMs: 60_000 },
  );
  await late.hasSaid(/waits/);
  await plugIn(guest, "camera");
  const { exitCode, stdout, stderr } = await late.ended;
  expect(stderr).toBe("");
  expect(stdout).toContain("Driver name      : vivid");
  expect(exitCode).toBe(0);
});

/** What `service print` has of devices and groups, as options for systemd-run. */
async function confinementOf(name: string) {
  const { stdout } = await service(guest, "print", "--name", name, "--", "--device", "cam0");
  const properties = stdout
    .split("\n")
    .filter((line) => /^(Device|DynamicUser|SupplementaryGroups)/.test(line));
  const asOptions = (pattern: RegExp) =>
    properties.filter((one) => pattern.test(one)).flatMap((one) => ["-p", one]);
  return { devices: asOptions(/^Device/), user: asOptions(/^(DynamicUser|Supp)/) };
}

test("a camera that comes after its service's start may be opened by it", async () => {
  onTestFinished(() => removeAll(guest));
  await guest.shell("modprobe -r vivid");
  const camera = ["--device", "cam0", "--audio", "none"];
  const { exitCode, stderr } = await service(guest, "install", "--name", "two", "--", ...camera, ...light);
  expect(exitCode).toBe(10);
  expect(stderr).toMatch(/flvcast-two.service is installed but fails to start: .*cam0/);
  await plugIn(guest, "camera");
  await becomes(
    guest,
    async () => (await unit(guest, "flvcast-two.service", "ActiveState")) === "active",
    "on the air",
  );
  expect((await watch("cam0").watch(2)).pictures.length).toBeGreaterThan(5);
}, 240_000);

test("a camera may be away for longer than systemd gives a start: it is told why, and waits", async () => {
  onTestFinished(() => removeAll(guest));
  await guest.shell("modprobe -r vivid");
  const camera = ["--device", "cam0", "--audio", "none", "--wait", ...light];
  const startMs = performance.now();
  const { stderr } = await service(guest, "install", "--name", "three", "--", ...camera);
  expect(stderr).toMatch(
    /flvcast-three.service is not streaming after \d+ s \(waiting for cam0: camera "cam0" not found/,
  );
  await delay(START_TIMEOUT_MS + 10_000 - (performance.now() - startMs));
  expect(await unit(guest, "flvcast-three.service", "ActiveState")).toBe("activating");
  expect(await unit(guest, "flvcast-three.service", "NRestarts")).toBe("0");
  await plugIn(guest, "camera");
  await becomes(
    guest,
    async () => (await unit(guest, "flvcast-three.service", "ActiveState")) === "active",
    "on the air",
  );
  expect(await unit(guest, "flvcast-three.service", "NRestarts")).toBe("0");
  expect((await watch("cam0").watch(2)).pictures.length).toBeGreaterThan(5);
}, 240_000);

test("words reach the program as they are, by systemd's own reading", async () => {
  const words = [
    "a b",
    '"',
    "'",
    "\\",
    "50%",
    "%n",
    "$HOME",
    "${HOME}",
    ";",
    "",
    "Tür\u0085",
    "a\nb\tc",
    "-",
    "~",
  ];
  const print = "require('fs').writeFileSync('/run/words', JSON.stringify(process.argv.slice(1)))";
  const line = execLine(["/usr/local/bin/node", "-e", print, "--", ...words]);
  const text = unitText([
    [
      "Service",
      [
        ["Type", "oneshot"],
        ["ExecStart", line],
      ],
    ],
  ]);
  const encoded = Buffer.from(text).toString("base64");
  await guest.shell(
    `echo ${encoded} | base64 -d >/run/systemd/system/words.service; systemctl daemon-reload`,
  );
  await guest.shell("systemctl start words.service");
  expect(JSON.parse(await guest.shell("cat /run/words"))).toEqual(words);
});

test("a service that others reach makes its token, keeps it in its own folder, and tells it to root alone", async () => {
  onTestFinished(() => removeAll(guest));
  const serving = light.filter((word) => word !== "--auth" && word !== "none");
  const installed = await service(guest, "install", "--", "--device", "test", "--name", "two", ...serving);
  const { stdout } = await guest.run(["node", "/project/bin/flvcast.js", "url", "two"]);
  const [, url, token] = /^(\S+)\?token=([a-z]+(?:-[a-z]+){4,})\n$/.exec(stdout) ?? [];
  const lines = [
    "installed flvcast-two.service and flvcast-two.socket in /etc/systemd/system",
    "the stream needs a token; print the full URL with: flvcast url two",
  ];
  expect(installed).toMatchObject({
    stderr: lines.map((line) => `flvcast: ${line}\n`).join(""),
    stdout: `${url}\n`,
    exitCode: 0,
  });
  expect(await guest.shell("stat -c %a /var/lib/flvcast-two/two.token")).toBe("600");
  expect(await guest.shell("cat /var/lib/flvcast-two/two.token")).toBe(token);
  expect(await guest.shell("journalctl -u flvcast-two; systemctl status flvcast-two")).not.toContain(token);
  const open = new Viewer(`http://127.0.0.1:${guest.streamPort}/live/two.flv?token=${token}`);
  expect((await open.watch(1)).pictures.length).toBeGreaterThan(1);
  await guest.shell("systemctl restart flvcast-two");
  expect(await guest.shell("cat /var/lib/flvcast-two/two.token")).toBe(token);
}, 300_000);

test("a camera's password is for its service alone: other users see none of it in units", async () => {
  onTestFinished(() => removeAll(guest));
  const password = "p$HOME%n\\\"`id`'";
  const camera = [
    "--device",
    `http://admin:${password}@127.0.0.1:9/live`,
    "--audio",
    "none",
    "--wait",
    "--port",
    "0",
  ];
  await service(guest, "install", "--name", "four", "--", ...camera);
  const status = () => unit(guest, "flvcast-four.service", "StatusText");
  await becomes(guest, async () => (await status()).includes("http://…:"), "a status");
  const asCam = [
    "systemctl show flvcast-four",
    "cat /etc/systemd/system/flvcast-four.*",
    "systemctl cat flvcast-four",
  ];
  for (const command of asCam) {
    const seen = await guest.run(["sh", "-c", command], { user: "cam" });
    expect(seen.stdout).toContain("flvcast-four.env");
    expect(seen.stdout).not.toContain("admin");
  }
  const pid = await unit(guest, "flvcast-four.service", "MainPID");
  const [variables, line] = [
    await guest.shell(`cat /proc/${pid}/environ`),
    await guest.shell(`cat /proc/${pid}/cmdline`),
  ];
  expect(variables.split("\0")).toContain(`FLVCAST_DEVICE=http://admin:${password}@127.0.0.1:9/live`);
  expect(line).not.toContain("admin");
}, 300_000);

test("a user has a service of their own, confined as far as that goes", async () => {
  onTestFinished(() => removeAll(guest));
  await guest.shell("loginctl enable-linger cam");
  const env = { XDG_RUNTIME_DIR: `/run/user/${await guest.shell("id -u cam")}` };
  const asCam = (...command: readonly string[]) =>
    guest.run(command, { user: "cam", env, killAfterMs: 120_000 });
  await becomes(
    guest,
    async () => (await asCam("systemctl", "--user", "is-system-running")).stdout !== "offline\n",
    "a manager",
  );
  const flvcast = ["node", "/project/bin/flvcast.js", "service"];
  const install = ["install", "--user", "--name", "mine", "--", "--device", "test"];
  const installed = await asCam(...flvcast, ...install, ...light);
  expect(installed.stderr).toContain(
    "installed flvcast-mine.service and flvcast-mine.socket in /home/cam/.config",
  );
  expect(installed).toMatchObject({ exitCode: 0, stdout: "http://10.0.2.15:8080/live/test.flv\n" });
  expect((await watch("test").watch(1)).pictures.length).toBeGreaterThan(1);
  const pid = (await asCam("systemctl", "--user", "show", "-P", "MainPID", "flvcast-mine")).stdout.trim();
  const status = await guest.shell(`cat /proc/${pid}/status`);
  expect(status).toMatch(/NoNewPrivs:\t1/);
  expect(status).toMatch(/Seccomp:\t2/);
  const verify = await asCam("systemd-analyze", "--user", "verify", "flvcast-mine.service");
  expect(verify.stderr).toBe("");
  expect(await asCam(...flvcast, "uninstall", "--user")).toMatchObject({ exitCode: 0 });
  expect(await ffmpegs(guest)).toBe(0);
});

const starts = () =>
  guest.shell("journalctl -u flvcast-bad -o cat --no-pager | grep -c Starting").then(Number);

test("a start that can never work is not tried again, and slowly while a viewer requests", async () => {
  onTestFinished(() => removeAll(guest));
  const impossible = ["--device", "test", "--ffmpeg", "/nowhere/ffmpeg"];
  const { exitCode } = await service(guest, "install", "--name", "bad", "--", ...impossible, ...light);
  expect(exitCode).toBe(14);
  await becomes(
    guest,
    async () => (await unit(guest, "flvcast-bad.service", "ActiveState")) === "failed",
    "an end",
  );
  expect(await unit(guest, "flvcast-bad.service", "NRestarts")).toBe("0");
  expect(await starts()).toBe(1);
  const viewer = watch("test");
  await delay(12_000); // the time in which starts are counted
  viewer.leave();
  const knocked = await starts();
  console.log(`starts in 12 s while a viewer requests: ${knocked - 1}`);
  expect(knocked).toBeLessThanOrEqual(5);
  expect(await unit(guest, "flvcast-bad.socket", "ActiveState")).toBe("active");
});
