import { expect, test } from "vitest";
import { holdersOf } from "../../src/system/holders.ts";
import { fakeMachine } from "./fake-machine.ts";

const processFiles = (pid: number, name: string, parent = 1) => ({
  [`/proc/${pid}/comm`]: `${name}\n`,
  [`/proc/${pid}/status`]: `Name:\t${name}\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parent}\n`,
});

test("a process that has a node open holds it, once", async () => {
  const machine = fakeMachine({
    files: { ...processFiles(812, "obs"), ...processFiles(90, "bash"), "/proc/version": "Linux" },
    links: {
      "/proc/812/fd/0": "/dev/null",
      "/proc/812/fd/30": "/dev/video0",
      "/proc/812/fd/31": "/dev/video0",
      "/proc/90/fd/0": "/dev/pts/1",
    },
  });
  expect(await holdersOf(machine, ["/dev/video0", "/dev/video2"])).toEqual(
    new Map([
      ["/dev/video0", [{ pid: 812, name: "obs" }]],
      ["/dev/video2", []],
    ]),
  );
});

test("a program whose first thread has a name of its own is called by its command line", async () => {
  const machine = fakeMachine({
    files: { ...processFiles(55, "MainThread"), "/proc/55/cmdline": "/usr/bin/node\0server.js\0" },
    links: { "/proc/55/fd/7": "/dev/video0" },
  });
  expect(await holdersOf(machine, ["/dev/video0"])).toEqual(
    new Map([["/dev/video0", [{ pid: 55, name: "node" }]]]),
  );
});

test("neither we nor the programs that we sent to look hold anything", async () => {
  const machine = fakeMachine({
    files: { ...processFiles(process.pid, "node"), ...processFiles(4001, "v4l2-ctl", process.pid) },
    links: { [`/proc/${process.pid}/fd/20`]: "/dev/video0", "/proc/4001/fd/3": "/dev/video0" },
  });
  expect(await holdersOf(machine, ["/dev/video0"])).toEqual(new Map([["/dev/video0", []]]));
});

test("a microphone's holder is known from ALSA where its files are another user's; a thread is its process", async () => {
  const machine = fakeMachine({
    files: {
      ...processFiles(700, "pulseaudio"),
      "/proc/733/status": "Name:\talsa-source-USB\nTgid:\t700\nPid:\t733\nPPid:\t1\n",
      "/proc/asound/card1/pcm0c/sub0/status": "state: RUNNING\nowner_pid   : 733\ntrigger_time: 22.05\n",
      "/proc/asound/card1/pcm0c/sub1/status": "closed\n",
      "/proc/asound/card1/pcm0c/info": "card: 1\n",
    },
  });
  const node = "/dev/snd/pcmC1D0c";
  expect(await holdersOf(machine, [node])).toEqual(new Map([[node, [{ pid: 700, name: "pulseaudio" }]]]));
});

test("where nothing is asked, no process is looked at", async () => {
  const machine = { ...fakeMachine({}), list: () => Promise.reject(new Error("looked")) };
  expect(await holdersOf(machine, [])).toEqual(new Map());
});
