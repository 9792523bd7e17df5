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
      ...processFiles(5, "other"),
      "/proc/asound/card1/pcm0c/sub/status": "owner_pid   : 5\n",
      "/proc/asound/card1/pcm0c/sub0x/status": "owner_pid   : 5\n",
      "/proc/asound/card1/pcm0c/xsub0/status": "owner_pid   : 5\n",
    },
  });
  const node = "/dev/snd/pcmC1D0c";
  expect(await holdersOf(machine, [node])).toEqual(new Map([[node, [{ pid: 700, name: "pulseaudio" }]]]));
});

test("only processes are asked, and each that has a node open is a holder, by number", async () => {
  const machine = fakeMachine({
    files: {
      ...processFiles(900, "vlc"),
      ...processFiles(81, "obs"),
      "/proc/a12/comm": "a12\n",
      "/proc/a12/status": "Tgid:\t12\nPPid:\t1\n",
      "/proc/13b/status": "Tgid:\t13\nPPid:\t1\n",
    },
    links: {
      "/proc/900/fd/3": "/dev/video0",
      "/proc/900/fd/4": "/dev/video1",
      "/proc/81/fd/3": "/dev/video0",
      "/proc/a12/fd/3": "/dev/video0",
      "/proc/13b/fd/3": "/dev/video0",
      "/proc/77/fd/3": "/dev/video0", // it has ended meanwhile
    },
  });
  const [obs, vlc] = [
    { pid: 81, name: "obs" },
    { pid: 900, name: "vlc" },
  ];
  expect(await holdersOf(machine, ["/dev/video0", "/dev/video1"])).toEqual(
    new Map([
      ["/dev/video0", [obs, vlc]],
      ["/dev/video1", [vlc]],
    ]),
  );
});

test("a status that tells of something else first is read by its lines", async () => {
  const machine = fakeMachine({
    files: { "/proc/5/status": "Name:\tTgid: 9\nTgid:\t5\nPPid:\t1\n", "/proc/5/comm": "a\n" },
    links: { "/proc/5/fd/3": "/dev/video0" },
  });
  expect(await holdersOf(machine, ["/dev/video0"])).toEqual(
    new Map([["/dev/video0", [{ pid: 5, name: "a" }]]]),
  );
});

test.each<[files: Record<string, string>, name: string]>([
  [{ "/proc/55/comm": "\n", "/proc/55/cmdline": "/usr/bin/python3\0-m\0cam\0" }, "python3"],
  [{ "/proc/55/comm": "MainThread\n" }, "MainThread"],
])("a program with %j is called %s", async (files, name) => {
  const machine = fakeMachine({
    files: { "/proc/55/status": "Tgid:\t55\nPPid:\t1\n", ...files },
    links: { "/proc/55/fd/7": "/dev/video0" },
  });
  expect(await holdersOf(machine, ["/dev/video0"])).toEqual(new Map([["/dev/video0", [{ pid: 55, name }]]]));
});

test("a playback device, and a card that is not there, has no owner", async () => {
  const files = {
    "/proc/asound/card1/pcm0p/sub0/status": "owner_pid   : 733\n",
    ...processFiles(733, "vlc"),
  };
  for (const node of ["/dev/snd/pcmC1D0p", "/dev/snd/pcmC2D0c", "/x/dev/snd/pcmC1D0c"])
    expect(await holdersOf(fakeMachine({ files }), [node])).toEqual(new Map([[node, []]]));
});

test("where nothing is asked, no process is looked at", async () => {
  const machine = { ...fakeMachine({}), list: () => Promise.reject(new Error("looked")) };
  expect(await holdersOf(machine, [])).toEqual(new Map());
});
