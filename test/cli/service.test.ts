import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { main } from "../../src/cli/main.ts";
import {
  runInstall,
  runPrint,
  runUninstall,
  type ServiceWorld,
  serviceInstall,
} from "../../src/cli/service.ts";
import { secretsIn, secretUrls } from "../devices/secret-urls.ts";
import { run } from "../run.ts";
import { FakeSystemd } from "../systemd/fake-systemd.ts";
import { FakeIo } from "./fake-io.ts";

let folder: string;
let machine: FakeSystemd;
let io: FakeIo;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flvcast-units-"));
  io = new FakeIo();
  machine = new FakeSystemd()
    .answer("systemctl --version", { stdout: "systemd 252 (252.39-1~deb12u2)\n+PAM\n" })
    .answer("systemctl --user --version", { stdout: "systemd 252 (252.39-1~deb12u2)\n" })
    // getent group video audio render, on a machine without render
    .answer("getent", { code: 2, stdout: "video:x:44:cam\naudio:x:29:cam,pulse\n" })
    .answer("systemctl show", {
      stdout: "ActiveState=active\nStatusText=on air: http://127.0.0.1:8080/live/cam0.flv\n",
    });
});
afterEach(() => rm(folder, { recursive: true }));

function world(parts: Partial<ServiceWorld> = {}): ServiceWorld {
  // /bin/sh: a program that everyone may run
  const program = ["/bin/sh", "/bin/sh"] as const;
  return { machine, env: {}, isRoot: true, program, folders: { system: folder, user: folder }, ...parts };
}

const given = (own: readonly string[], rest: readonly string[]) => ({
  flags: parseArguments("service install", serviceInstall.flags, own).flags,
  rest,
});
const files = () => readdir(folder).then((names) => names.toSorted());

describe("service install", () => {
  test("writes the units, starts them and prints the URL when it is up", async () => {
    const code = await runInstall(given([], ["--device", "cam0"]), io.asIo, world());
    expect([code, io.stdout.text]).toEqual([0, "http://127.0.0.1:8080/live/cam0.flv\n"]);
    expect(await files()).toEqual(["flvcast-cam0.service", "flvcast-cam0.socket"]);
    const unit = await readFile(join(folder, "flvcast-cam0.service"), "utf8");
    expect(unit).toContain("ExecStart=/bin/sh /bin/sh start --device cam0\n");
    expect(unit).toContain("SupplementaryGroups=video audio\n");
    expect(machine.runs).toContain("getent group video audio render");
    expect(machine.runs.filter((line) => /^systemctl (?!show|--)/.test(line))).toEqual([
      "systemctl daemon-reload",
      "systemctl enable flvcast-cam0.service flvcast-cam0.socket",
      "systemctl start flvcast-cam0.socket",
      "systemctl start --no-block flvcast-cam0.service",
    ]);
  });

  test("serves the streams of a file, which it checks first", async () => {
    const file = join(folder, "house.yml");
    await writeFile(file, "listen: 127.0.0.1:9000\nstreams: { door: test, yard: test }\n", { mode: 0o644 });
    await chmod(folder, 0o755);
    machine.answer("systemctl show", { stdout: "ActiveState=active\nStatusText=2 on air\n" });
    const code = await runInstall(given(["--config", file], []), io.asIo, world());
    expect([code, io.stdout.text]).toEqual([0, "2 on air\n"]);
    expect(io.stderr.text).toContain("systemctl reload flvcast-house.service\n");
    const unit = await readFile(join(folder, "flvcast-house.service"), "utf8");
    expect(unit).toContain(
      `ExecStart=/bin/sh /bin/sh serve --config ${file}\nExecReload=/bin/sh -c 'kill -HUP $MAINPID'\n`,
    );
    expect(await readFile(join(folder, "flvcast-house.socket"), "utf8")).toContain(
      "ListenStream=127.0.0.1:9000\n",
    );
    await chmod(file, 0o600);
    const closed = runInstall(given(["--config", file], []), io.asIo, world());
    await expect(closed).rejects.toMatchObject({ reason: "permission" });
    await writeFile(file, "streams: { door: { device: test, sise: 3 } }\n");
    const wrong = runInstall(given(["--config", file], []), io.asIo, world());
    await expect(wrong).rejects.toMatchObject({ reason: "usage", message: expect.stringMatching(/sise/) });
    const both = runInstall(given(["--config", file], ["cam0"]), io.asIo, world());
    await expect(both).rejects.toMatchObject({ reason: "usage" });
  });

  test("says where the token is, where others reach the stream", async () => {
    const onAir = "ActiveState=active\nStatusText=on air: http://192.168.1.7:8080/live/cam0.flv (1280x720)\n";
    machine.answer("systemctl show", { stdout: onAir });
    const flags = ["--device", "cam0", "--host", "0.0.0.0"];
    await runInstall(given([], flags), io.asIo, world());
    expect(io.stdout.text).toBe("http://192.168.1.7:8080/live/cam0.flv\n");
    expect(io.stderr.text).toMatch(
      /\nflvcast: the stream needs a token; print the full URL with: flvcast url cam0\n$/,
    );
    io.stderr.text = "";
    await runInstall(given([], [...flags, "--auth", "none"]), io.asIo, world());
    expect(io.stderr.text).not.toContain("token");
  });

  test("asks the user's own systemd with --user, and needs no root", async () => {
    machine.answer("systemctl --user show", { stdout: "ActiveState=active\nStatusText=on air: http://x/\n" });
    await runInstall(
      given(["--user", "--name", "mine"], ["--device", "test"]),
      io.asIo,
      world({ isRoot: false }),
    );
    expect(machine.runs).toContain("systemctl --user start --no-block flvcast-mine.service");
    expect(await readFile(join(folder, "flvcast-mine.service"), "utf8")).not.toContain("DynamicUser");
  });

  test("replaces what was installed under that name, the socket with it", async () => {
    await runInstall(given(["--name", "x"], ["--device", "cam0"]), io.asIo, world());
    await runInstall(given(["--name", "x"], ["--device", "cam1", "--port", "0"]), io.asIo, world());
    expect(machine.runs).toContain("systemctl disable --now flvcast-x.socket flvcast-x.service");
    expect(await files()).toEqual(["flvcast-x.service"]);
  });

  test.each(secretUrls.filter(({ url }) => /^(rtsp|http)/.test(url)))(
    "keeps the secrets of $url out of what others may read",
    async (one) => {
      const rest = ["--device", one.url, `--audio=${one.url}`, "--fps", "10", "--quiet"];
      await runInstall(given(["--name", "one"], rest), io.asIo, world());
      const unit = await readFile(join(folder, "flvcast-one.service"), "utf8");
      expect(secretsIn(unit + io.stderr.text, one)).toEqual([]);
      expect(unit).toContain(`EnvironmentFile=${folder}/flvcast-one.env\n`);
      expect(unit).toContain("ExecStart=/bin/sh /bin/sh start --fps=10 --quiet\n");
      const path = join(folder, "flvcast-one.env");
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const read = await run(["sh", "-c", `set -a; . ${path}; printenv FLVCAST_DEVICE FLVCAST_AUDIO`]);
      expect(read.stdout).toBe(`${one.url}\n${one.url}\n`);
      expect(machine.runs).toContain("systemctl enable flvcast-one.service flvcast-one.socket");
      await runUninstall(flags("--name", "one"), io.asIo, world());
      expect(await files()).toEqual([]);
    },
  );

  test("keeps the address of a webhook out of what others may read", async () => {
    const command = "curl -d 'it is up' https://hook.example/SECRET";
    await runInstall(given(["--name", "one"], ["cam0", "--on-event", command]), io.asIo, world());
    expect(await readFile(join(folder, "flvcast-one.service"), "utf8")).not.toContain("SECRET");
    const read = await run(["sh", "-c", `set -a; . ${folder}/flvcast-one.env; printenv FLVCAST_ON_EVENT`]);
    expect(read.stdout).toBe(`${command}\n`);
  });

  test.each([
    [["--devise", "cam0"], /unknown option --devise; did you mean --device\?/],
    [[], /no device given/],
    [["--device", "cam0", "--size", "12x"], /--size 12x/],
    [["--device", "cam0", "--dry-run"], /--dry-run does not work/],
    [["--device", "cam0", "--on-demand", "--exit-idle", "5m", "--port", "0"], /--exit-idle needs a socket/],
    [["--device", "cam0", "--detach"], /--detach does not work/],
    [["--device", "cam0", "--token", "0123456789abcdef"], /--token would be readable by all users/],
    [["--device", "cam0", "--token-file", "token"], /needs an absolute path/],
    [["--device", "cam0", "--record", "rec"], /--record rec: a service needs an absolute path/],
    [["--device", "cam0", "--ffmpeg", "bin/ffmpeg"], /--ffmpeg bin\/ffmpeg: a service needs an absolute/],
    [["--device", "-"], /has no stdin/],
    [["--device", "films/talk.mp4"], /needs an absolute path/],
    [
      ["--device", "cam0", "--on-event", "./hook --all"],
      /--on-event .\/hook: a service needs an absolute path/,
    ],
    [["--device", "cam0", "--audio", "./song.mp3"], /needs an absolute path/],
  ])("refuses the flags %j before anything is written", async (rest, message) => {
    const installing = runInstall(given([], rest), io.asIo, world());
    await expect(installing).rejects.toMatchObject({
      reason: "usage",
      message: expect.stringMatching(message),
    });
    expect([await files(), machine.runs]).toEqual([[], []]);
  });

  test.each([
    ["who is not root", { isRoot: false }, {}, { reason: "permission", message: /use sudo, or add --user/ }],
    [
      "whose node is closed to the service's user",
      { program: ["/nowhere/node", "/bin/sh"] as const },
      {},
      { reason: "permission", message: /other users cannot run \/nowhere\/node/ },
    ],
    [
      "without systemd",
      {},
      { "systemctl --version": null },
      { reason: "failure", message: /systemctl not found/ },
    ],
  ])("refuses a user %s, and writes nothing", async (_who, parts, answers, { reason, message }) => {
    for (const [line, ran] of Object.entries(answers)) machine.answer(line, ran);
    const installing = runInstall(given([], ["--device", "cam0"]), io.asIo, world(parts));
    await expect(installing).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(await files()).toEqual([]);
  });

  test("says in systemctl's words what systemd refuses", async () => {
    machine.answer("systemctl enable", { code: 1, stderr: "Failed to enable unit: Unit is masked.\n" });
    await expect(runInstall(given([], ["--device", "cam0"]), io.asIo, world())).rejects.toThrow(
      "systemctl enable flvcast-cam0.service flvcast-cam0.socket: Failed to enable unit: Unit is masked.",
    );
  });
});

test("service print shows both units with their paths, and writes nothing", async () => {
  const code = await runPrint(given([], ["--device", "cam0"]), io.asIo, world({ isRoot: false }));
  expect([code, await files()]).toEqual([0, []]);
  expect(io.stdout.text).toContain(`# ${folder}/flvcast-cam0.service\n[Unit]\n`);
  expect(io.stdout.text).toContain(`\n\n# ${folder}/flvcast-cam0.socket\n[Unit]\n`);
});

test.each([
  ["--device", "Logi"],
  ["--device", "/films/talk.mp4"],
  ["--device", "cam0", "--audio", "mic0", "--www", "/srv/www"],
  ["--device", "cam0", "--audio", "none"],
])("service print takes %s %s", async (...rest) => {
  expect(await runPrint(given([], rest), io.asIo, world())).toBe(0);
});

const flags = (...own: readonly string[]) => given(own, []).flags;
const put = (...names: readonly string[]) =>
  Promise.all(names.map((name) => writeFile(join(folder, `flvcast-${name}.service`), "")));

describe("service uninstall", () => {
  test("stops and removes the one that there is", async () => {
    await put("door");
    expect(await runUninstall(flags(), io.asIo, world())).toBe(0);
    expect(await files()).toEqual([]);
    expect(machine.runs).toEqual([
      "systemctl disable --now flvcast-door.service",
      "systemctl daemon-reload",
      "systemctl reset-failed flvcast-door.service",
    ]);
  });

  test("asks which of several", async () => {
    await put("door", "garden");
    await expect(runUninstall(flags(), io.asIo, world())).rejects.toThrow(
      "add --name with one of: door, garden",
    );
    expect(await runUninstall(flags("--name", "garden"), io.asIo, world())).toBe(0);
    expect(await files()).toEqual(["flvcast-door.service"]);
  });

  test("of one that is not there is exit code 3", async () => {
    await put("door");
    await expect(runUninstall(flags("--name", "dor"), io.asIo, world())).rejects.toMatchObject({
      reason: "notRunning",
      message: `no flvcast-dor.service in ${folder}. Installed: door`,
    });
  });
});

describe("the words on the command line", () => {
  test.each([
    [["service"], "missing subcommand: use install, print or uninstall"],
    [["service", "instal"], 'unknown subcommand "instal"'],
    [["service", "uninstall", "--", "--device", "cam0"], "too many arguments"],
    [["service", "install", "--device", "cam0"], "unknown option --device"],
    [["service", "install", "cam0"], 'too many arguments: "cam0"'],
    [["service", "print", "--", "--", "cam0", "cam1"], 'too many arguments: "cam1"'],
  ])("%j are a mistake", async (argv, message) => {
    expect(await main(argv, {}, io.asIo)).toBe(2);
    expect(io.stderr.text).toContain(message);
  });

  test.each([
    ["service", "install", "--help"],
    ["help", "service", "print"],
  ])("%s %s %s is help", async (...argv) => {
    expect(await main(argv, {}, io.asIo)).toBe(0);
    expect(io.stdout.text).toContain("-- DEVICE [options of start]");
    expect(io.stdout.text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
