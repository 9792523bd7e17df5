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
    const stderr = `flvcast: cannot write to stdout (${code})\n`;
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

test("the version has a word and a letter, too", async () => {
  const { stdout } = await run("--version");
  for (const word of ["-V", "version"]) expect(await run(word)).toMatchObject({ code: 0, stdout });
});

test("the few options of a command stand together, under one heading", async () => {
  for (const [command, headings] of [
    ["url", ["Options:", "Examples:"]],
    ["encoders", ["Options:", "Examples:"]],
    ["start", expect.arrayContaining(["Input:", "Running:", "Examples:"])],
  ] as const) {
    const { stdout } = await run(command, "--help");
    expect(stdout.match(/^[A-Z].*:$/gm)).toEqual(headings);
  }
});

test.each([["--help"], ["-h"]])("service %s lists what there is", async (flag) => {
  const { code, stdout, stderr } = await run("service", flag);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const word of ["install", "print", "uninstall"]) expect(stdout).toContain(`flvcast service ${word} `);
});

test.each(["list", "ls"])("%s is status", async (word) => {
  expect((await run(word, "--help")).stdout).toBe((await run("status", "--help")).stdout);
});

describe("what cannot be is refused in one line with exit code 2", () => {
  test.each<[argv: readonly string[], line: string]>([
    [["strat"], 'unknown command "strat"; did you mean start? See: flvcast --help'],
    [["photograph"], 'unknown command "photograph". See: flvcast --help'],
    [["constructor"], 'unknown command "constructor". See: flvcast --help'],
    [["s"], 'unknown command "s". See: flvcast --help'],
    [["st"], 'unknown command "st". See: flvcast --help'],
    [["snap"], 'unknown command "snap"; did you mean snapshot? See: flvcast --help'],
    [["show"], 'unknown command "show". See: flvcast --help'],
    [["ps"], 'unknown command "ps"; did you mean status? See: flvcast --help'],
    [
      ["--device", "test"],
      "--device needs a command before it, e.g. flvcast start test. See: flvcast --help",
    ],
    [["service"], "missing subcommand: use install, print or uninstall. See: flvcast service --help"],
    [
      ["service", "remove"],
      'unknown subcommand "remove": use install, print or uninstall. See: flvcast service --help',
    ],
    [["start", "--sice", "1x1"], "unknown option --sice; did you mean --size? See: flvcast start --help"],
    [
      ["start", "--password", "x"],
      "unknown option --password; did you mean --token? See: flvcast start --help",
    ],
    [["start", "--daemon"], "unknown option --daemon; did you mean --detach? See: flvcast start --help"],
    [
      ["start", "--background"],
      "unknown option --background; did you mean --detach? See: flvcast start --help",
    ],
    [["start", "-i", "cam0"], "unknown option -i; did you mean --device? See: flvcast start --help"],
    [["stop", "--daemon"], "unknown option --daemon. See: flvcast stop --help"],
    [["start", "--wallpaper"], "unknown option --wallpaper. See: flvcast start --help"],
    [["start", "--no-json"], "unknown option --no-json. See: flvcast start --help"],
    [["status", "--jsn"], "unknown option --jsn; did you mean --json? See: flvcast status --help"],
    [["completion"], "missing shell: use bash, zsh or fish, e.g. flvcast completion bash"],
    [["completion", "bahs"], 'unsupported shell "bahs": did you mean bash?'],
    [
      ["completion", "bash", "x"],
      'unsupported shell "x": use bash, zsh or fish, e.g. flvcast completion bash',
    ],
    [["ensure", "cam0", "cam1"], 'too many arguments: "cam1"'],
    [["start", "cam0", "--device", "cam1"], 'too many arguments: "cam0"'],
    [["start", "door=cam0", "-n", "garden"], 'the stream\'s name is given twice: --name and "door"'],
    [["restart", "garden", "door"], 'too many arguments: "door"'],
    [["encoders", "x"], 'too many arguments: "x"'],
    [["url", "garden.flv"], "--name garden.flv has an extension: remove .flv or .jpg, e.g. --name garden"],
    [["stop", "garden", "--all"], "--all stops every stream: remove the names"],
    [["logs", "-n", "0"], "--lines 0 is not a number of lines: use 1 to 1000000, e.g. --lines 20"],
    [["start", "--device", "-", "--detach"], "--detach does not work with stdin: remove it"],
    [
      ["start", "--device", "test", "--detach", "--dry-run"],
      "--dry-run starts nothing to detach: remove --dry-run or --detach",
    ],
    [["start", "--device", "a", "--device", "b"], "--device is given more than once"],
    [["start", "--device", "test", "--json=yes"], "--json takes no value"],
    [
      ["start", "--device"],
      "--device needs a value: --device DEVICE, or --device=DEVICE if it starts with a dash. See: flvcast start --help",
    ],
    [
      ["start", "test", "-p"],
      "--port needs a value: --port PORT, or --port=PORT if it starts with a dash. See: flvcast start --help",
    ],
    [
      ["start", "--device", "test", "--fps", "abc"],
      "--fps abc is not a frame rate: use frames per second, e.g. --fps 30",
    ],
    [
      ["start", "--device", "test", "--log-format", "jsn"],
      "--log-format jsn is not a log format: use auto, text or json, e.g. --log-format json",
    ],
    [["start"], "no device given; see flvcast devices, or try: flvcast start test"],
  ])("%j", async (argv, line) => {
    expect(await run(...argv)).toEqual({ code: 2, stdout: "", stderr: `flvcast: ${line}\n` });
  });
});
