import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, it } from "vitest";
import { findProgram, run } from "../run.ts";
import { type Folder, makeFolder } from "./folder.ts";

const setup = fileURLToPath(new URL("../../bin/setup.js", import.meta.url));
const folders: Folder[] = [];
let machine: Folder;

/** A machine with an ffmpeg, an apt that writes down what it is asked, and nothing else. */
beforeEach(() => {
  machine = makeFolder();
  folders.push(machine);
  for (const name of ["env", "sh", "seq"]) symlinkSync(findProgram(name) ?? "", machine.file(name));
  for (const name of ["systemctl", "npm"]) addProgram(name, "");
  addProgram("ffmpeg", "");
  addProgram(
    "apt-get",
    `case " $* " in
    *" --assume-no "*) echo '0 upgraded, 185 newly installed'; echo 'Need to get 232 MB of archives.'
      echo 'After this operation, 829 MB of additional disk space will be used.'; exit 1 ;;
    *) echo "$*" >>'${machine.file("asked")}'; seq 800 ;;
    esac`,
  );
});
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function addProgram(name: string, script: string): void {
  writeFileSync(machine.file(name), `#!/bin/sh\n${script}\n`);
  chmodSync(machine.file(name), 0o755);
}

/** The command that sets up for tests, where node says that it is another version, or runs as another user. */
function command(as: string): readonly string[] {
  writeFileSync(machine.file("as.cjs"), as);
  return [process.execPath, "--require", machine.file("as.cjs"), setup, "--tests"];
}

const asRoot = "process.getuid = () => 0;";
const asUser = "process.getuid = () => 1000;";
const env = () => ({ PATH: machine.path, FLVCAST_FFMPEG: machine.file("ffmpeg"), TERM: "dumb" });

it("an old Node is told which it is, and how to get a newer one, before anything else", async () => {
  const old = "Object.defineProperty(process.versions, 'node', { value: '18.19.1' });";
  const { stderr, exitCode } = await run(command(old), { env: env() });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^flvcast setup: this is Node 18\.19\.1; flvcast needs 20\.19 or newer\./);
  expect(stderr).toMatch(/ To install it:\n {2}\S/);
});

it("a user who may not install anything gets the whole command that does", async () => {
  const { stderr, exitCode } = await run(command(asUser), { env: env() });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^ {2}sudo apt-get install -y --no-install-recommends chromium xvfb .*curl/m);
});

it("root without a terminal installs at once, and says what and how much in place of apt's 800 lines", async () => {
  const { stderr, exitCode } = await run(command(asRoot), { env: env() });
  expect({ exitCode, isShort: stderr.split("\n").length < 8 }).toEqual({ exitCode: 0, isShort: true });
  expect(stderr).toContain("(185 with what they depend on, 232 MB to download, 829 MB on disk)");
  expect(readFileSync(machine.file("asked"), "utf8")).toMatch(
    /^update\ninstall -y --no-install-recommends chromium /,
  );
});

it("what fails shows apt's last lines, and where the others are", async () => {
  addProgram("apt-get", "seq 800; echo 'E: no space left'; exit 100");
  const { stderr, exitCode } = await run(command(asRoot), { env: env() });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/failed: exit 100\n(\d+\n){14}E: no space left\nAll of the output: \S+\.log\n$/);
});

it("on a terminal, it asks before it uses root", async () => {
  const program = findProgram("script");
  if (program === null) {
    process.stderr.write("left out: whether setup asks on a terminal: script is not installed\n");
    return;
  }
  const words = command(asRoot).map((word) => `'${word}'`);
  const { stdout } = await run([program, "-qec", words.join(" "), "/dev/null"], {
    env: { ...env(), SHELL: "/bin/sh" },
    says: [{ afterMs: 0, text: "n\n" }], // the terminal keeps it for the question
  });
  expect(stdout).toMatch(/Install Debian packages: chromium, .* 829 MB on disk\), as root\? \[Y\/n\]/);
  expect(stdout).toContain("not installed. To do it yourself:");
  expect(() => readFileSync(machine.file("asked"))).toThrow("ENOENT");
});
