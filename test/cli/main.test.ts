import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { FakeIo } from "./fake-io.ts";

async function run(...argv: string[]) {
  const io = new FakeIo();
  const code = await main(argv, {}, io.asIo);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("without a command, the help goes to stderr and the exit code says usage", async () => {
  const { code, stdout, stderr } = await run();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("flvcast start");
});

describe("the help", () => {
  test.each([
    [["--help"]],
    [["-h"]],
    [["help"]],
    [["start", "--help"]],
    [["help", "start"]],
    [["devices", "--help"]],
    [["help", "encoders"]],
    [["help", "doctor"]],
    [["help", "check"]],
    [["help", "completion"]],
  ])("of %j goes to stdout and fits 80 columns", async (argv) => {
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const command = argv.find((word) => !["help", "--help", "-h"].includes(word)) ?? "start";
    expect(stdout).toContain(`flvcast ${command} `);
    expect(stdout).toContain("Examples:");
  });

  test("of start is shown whatever else stands there", async () => {
    expect(await run("start", "--size", "12x", "--help")).toMatchObject({ code: 0, stderr: "" });
  });
});

test.each(["bash", "zsh", "fish"])("completion prints a script for %s", async (shell) => {
  const { code, stdout, stderr } = await run("completion", shell);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const word of ["start", "doctor", "log-format", "h264_vaapi"]) expect(stdout).toContain(word);
});

const lost = (code: string) => Object.assign(new Error("lost"), { code });

/** Prints the version to a stdout that fails as it is written. */
async function losing(...codes: readonly string[]) {
  const io = new FakeIo();
  io.stdout.write = (_text: string, onWritten?: () => void) => {
    for (const code of codes) io.stdout.emit("error", lost(code));
    onWritten?.();
    return false;
  };
  const code = await main(["--version"], {}, io.asIo);
  return { code, stderr: io.stderr.text };
}

describe("stdout that cannot be written", () => {
  test("because its reader has had enough is no failure", async () => {
    expect(await losing("EPIPE")).toEqual({ code: 0, stderr: "" });
  });

  test.each(["EIO", "ENOSPC", "EDQUOT"])("for %s is one, in a line", async (code) => {
    const stderr = `flvcast: stdout cannot be written (${code})\n`;
    expect(await losing(code)).toEqual({ code: 1, stderr });
  });

  test("for a reason that nobody thought of is a bug", async () => {
    expect(await losing("EBADF")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/this is a bug in flvcast/),
    });
  });

  test("takes nothing from the exit code that a command has anyway", async () => {
    const io = new FakeIo();
    io.stderr.write = () => {
      io.stdout.emit("error", lost("ENOSPC"));
      return true;
    };
    expect(await main([], {}, io.asIo)).toBe(2);
  });
});

test("a command is over when its output is read, and not before", async () => {
  const io = new FakeIo();
  const pending: (() => void)[] = [];
  io.stdout.write = (_text: string, onWritten?: () => void) => {
    if (onWritten !== undefined) pending.push(onWritten);
    return true;
  };
  let isOver = false;
  const ran = main(["--version"], {}, io.asIo).then(() => (isOver = true));
  await expect.poll(() => pending.length).toBe(1);
  expect(isOver).toBe(false);
  pending[0]?.();
  await ran;
});

test("the help of completion is shown whatever else stands there", async () => {
  for (const argv of [
    ["completion", "--help"],
    ["completion", "-h"],
    ["completion", "bash", "--help"],
  ])
    expect(await run(...argv)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^flvcast completion bash/),
    });
});

test("a command that is none is answered with those that are", async () => {
  const { code, stderr } = await run("record");
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^flvcast: there is no command record\. There is: start, .*\. See: flvcast --help\n$/,
  );
});

describe("what cannot be is refused in one line with exit code 2", () => {
  test.each<[argv: readonly string[], line: string]>([
    [["strat"], "there is no command strat. Did you mean start? See: flvcast --help"],
    [
      ["record"],
      "there is no command record. There is: start, status, stop, restart, logs, url, open, snapshot, ensure, devices, encoders, doctor, check, service install, service print, service uninstall, completion. See: flvcast --help",
    ],
    [
      ["--device", "test"],
      "--device comes after a command, as in: flvcast start --device test. See: flvcast --help",
    ],
    [["start", "--sice", "1x1"], "there is no option --sice. Did you mean --size? See: flvcast start --help"],
    [["completion"], "the shell is missing: give one of bash, zsh, fish, as in: flvcast completion bash"],
    [["completion", "bahs"], "bahs is no shell that flvcast knows: did you mean bash?"],
    [
      ["completion", "bash", "x"],
      "x is no shell that flvcast knows: give one of bash, zsh, fish, as in: flvcast completion bash",
    ],
    [["start", "--wallpaper"], "there is no option --wallpaper. See: flvcast start --help"],
    [["start", "--no-json"], "there is no option --no-json. See: flvcast start --help"],
    [
      ["start", "test"],
      "test is no option of flvcast start: to stream it, give --device test. See: flvcast start --help",
    ],
    [["stop", "garden", "door"], "door is one too many: flvcast stop takes one at a time"],
    [["status", "--jsn"], "there is no option --jsn. Did you mean --json? See: flvcast status --help"],
    [
      ["url", "garden.flv"],
      "NAME garden.flv ends in what the URL adds itself: leave .flv or .jpg out, for example NAME garden",
    ],
    [
      ["start", "--device", "-", "--detach"],
      "--detach leaves stdin behind, and --device - reads it: leave --detach out",
    ],
    [
      ["start", "--device", "test", "--detach", "--dry-run"],
      "--dry-run starts nothing that --detach could leave running: leave one out",
    ],
    [["start", "--device", "a", "--device", "b"], "--device is given more than once: give it once"],
    [["start", "--device", "test", "--json=yes"], "--json takes no value: give it alone, or leave it out"],
    [
      ["start", "--device"],
      "--device needs a value: --device DEVICE (or --device=VALUE, if it begins with a dash). See: flvcast start --help",
    ],
    [
      ["start", "--size", "--json"],
      "--size needs a value: --size WIDTHxHEIGHT (or --size=VALUE, if it begins with a dash). See: flvcast start --help",
    ],
    [
      ["start", "--device", "test", "--fps", "abc"],
      "--fps abc is not a frame rate: give pictures per second, for example --fps 30",
    ],
    [
      ["start", "--device", "test", "--log-format", "jsn"],
      "--log-format jsn is not a log format: give auto, text or json, for example --log-format json",
    ],
    [["start"], "--device is missing: say what to capture, for example flvcast start --device test"],
  ])("%j", async (argv, line) => {
    expect(await run(...argv)).toEqual({ code: 2, stdout: "", stderr: `flvcast: ${line}\n` });
  });
});
