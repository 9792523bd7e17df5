import { expect, test } from "vitest";
import { usbDevice, v4l2Cameras } from "../../../src/devices/platform/v4l2.ts";
import { accounts, type FakeParts, fakeMachine } from "../../system/fake-machine.ts";
import { recorded } from "./recorded.ts";

const WEBCAM = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0";

interface FakeV4l2 {
  readonly name?: string;
  readonly sysfs: string;
  readonly udev?: string;
  readonly index?: number;
  readonly mayOpen?: boolean;
  /** Which recording v4l2-ctl or ffmpeg gives. */
  readonly told?: string;
  readonly listed?: string;
}

/** A machine with these /dev/videoN. */
function machineWith(nodes: Readonly<Record<string, FakeV4l2>>, more: FakeParts = {}) {
  const files: Record<string, string> = { ...accounts(), ...more.files };
  const links: Record<string, string> = { ...more.links };
  const owned: Record<string, { gid: number; mayOpen: boolean }> = {};
  const programs: Record<string, { stdout?: string; stderr?: string; code?: number }> = {};
  for (const [video, node] of Object.entries(nodes)) {
    const shown = `/sys/class/video4linux/${video}`;
    const minor = video.replace("video", "");
    files[`${shown}/name`] = `${node.name ?? "HD Webcam"}\n`;
    files[`${shown}/dev`] = `81:${minor}\n`;
    files[`${shown}/index`] = `${node.index ?? 0}\n`;
    if (node.udev !== undefined) files[`/run/udev/data/c81:${minor}`] = node.udev;
    links[shown] = `${node.sysfs}/video4linux/${video}`;
    owned[`/dev/${video}`] = { gid: 44, mayOpen: node.mayOpen ?? true };
    if (node.told !== undefined) {
      programs[`v4l2-ctl -d /dev/${video} --info --list-formats-ext`] = { stdout: recorded(node.told) };
    }
    if (node.listed !== undefined) {
      const asked = `/opt/ffmpeg -hide_banner -nostdin -f v4l2 -list_formats all -i /dev/${video}`;
      programs[asked] = { stderr: recorded(node.listed), code: 1 };
    }
  }
  return fakeMachine({ files, links, nodes: owned, programs });
}

const list = (...given: Parameters<typeof machineWith>) =>
  v4l2Cameras({ machine: machineWith(...given), ffmpegPath: "/opt/ffmpeg" });

test("cameras stand in the order of their numbers, without the nodes beside them", async () => {
  const vivid = "/sys/devices/platform/vivid.0";
  const cameras = await list({
    video10: { name: "HD Webcam", sysfs: WEBCAM, told: "loopback-fed.v4l2-ctl" },
    video0: { name: "vivid-000-vid-cap", sysfs: vivid, told: "vivid.v4l2-ctl" },
    video1: { sysfs: vivid, told: "output.v4l2-ctl", index: 1 },
    video2: { sysfs: vivid, told: "metadata.v4l2-ctl", index: 2 },
    video4: { sysfs: "/sys/devices/platform/h264pcm", told: "m2m.v4l2-ctl" },
  });
  expect(cameras.map(({ alias, node, name, physicalId }) => [alias, node, name, physicalId])).toEqual([
    ["cam0", "/dev/video0", "vivid-000-vid-cap", null],
    ["cam1", "/dev/video10", "HD Webcam", "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"],
  ]);
  expect(cameras[0]).toMatchObject({
    kind: "camera",
    demuxer: "v4l2",
    access: { isAllowed: true },
    holders: [],
  });
});

test("without v4l2-ctl, ffmpeg tells which nodes are cameras", async () => {
  const cameras = await list({
    video0: { sysfs: "/sys/devices/platform/vivid.0", listed: "vivid.ffmpeg-5.1" },
    video1: { sysfs: "/sys/devices/platform/vivid.0", listed: "output.ffmpeg-5.1", index: 1 },
    video2: { sysfs: "/sys/devices/platform/vivid.0", listed: "metadata.ffmpeg-5.1", index: 2 },
    video4: { sysfs: "/sys/devices/platform/h264pcm", listed: "m2m.ffmpeg-5.1" },
  });
  expect(cameras.map(({ node }) => node)).toEqual(["/dev/video0"]);
  expect(cameras[0]?.modes.length).toBeGreaterThan(6);
});

test("what may not be opened is known from udev, and says who may", async () => {
  const closed = { sysfs: WEBCAM, mayOpen: false };
  const cameras = await list({
    video0: { ...closed, udev: "E:ID_V4L_CAPABILITIES=:capture:\n" },
    video1: { ...closed, udev: "E:ID_V4L_CAPABILITIES=:\n", index: 1 },
    video2: { ...closed, udev: "E:ID_V4L_CAPABILITIES=:video_output:audio:\n" },
  });
  expect(cameras.map(({ node, modes }) => [node, modes])).toEqual([["/dev/video0", []]]);
  expect(cameras[0]?.access).toMatchObject({ fix: "sudo usermod -aG video kim, then log in again" });
});

test("where nobody tells, as in a container, a device's first node is shown", async () => {
  const closed = { sysfs: WEBCAM, mayOpen: false };
  const cameras = await list({ video0: closed, video1: { ...closed, index: 1 } });
  expect(cameras.map(({ node }) => node)).toEqual(["/dev/video0"]);
});

test("a camera that hangs is shown without modes", async () => {
  const cameras = await list({ video0: { sysfs: WEBCAM, udev: "E:ID_V4L_CAPABILITIES=:capture:\n" } });
  expect(cameras).toMatchObject([{ node: "/dev/video0", access: { isAllowed: true }, modes: [] }]);
});

test.each([
  ["loopback-unfed.v4l2-ctl", undefined],
  [undefined, "loopback-unfed.ffmpeg-9.0"],
  [undefined, "metadata.ffmpeg-5.1"], // exclusive_caps=0: a capture device with nothing to list
])("a virtual camera that nothing feeds cannot be used (%s %s)", async (told, listed) => {
  const sysfs = "/sys/devices/virtual";
  const [camera] = await list({
    video8: {
      name: "OBS Virtual Camera",
      sysfs,
      udev: "E:ID_V4L_CAPABILITIES=:video_output:\n",
      ...(told && { told }),
      ...(listed && { listed }),
    },
  });
  expect(camera).toMatchObject({
    name: "OBS Virtual Camera",
    stableId: "/sys/devices/virtual/video4linux/video8",
    access: { isAllowed: false, reason: "/dev/video8 is a virtual camera without a source" },
  });
});

test("a virtual camera that is fed is a camera, although udev knows it as an output", async () => {
  const udev = "E:ID_V4L_CAPABILITIES=:video_output:\n";
  const fed = { sysfs: "/sys/devices/virtual", udev, told: "loopback-fed.v4l2-ctl" };
  expect(await list({ video8: fed })).toMatchObject([
    { access: { isAllowed: true }, modes: [{ format: "mjpeg", coding: "mjpeg" }] },
  ]);
});

test.each(["bcm2835-isp-capture0", "unicam-image", "rp1-cfe-csi2_ch0", "Intel IPU6 ISYS Capture 0"])(
  "%s is a part of a camera that ffmpeg cannot use",
  async (name) => {
    const part = { name, sysfs: "/sys/devices/platform/soc", listed: "vivid.ffmpeg-5.1" };
    expect(await list({ video14: part })).toEqual([]);
  },
);

const bySocket = (socket: number) => `/dev/v4l/by-path/pci-0000:00:14.0-usb-0:${socket}:1.0-video-index0`;

test("two cameras of one make without serial numbers are told apart by their sockets", async () => {
  const byId = "v4l/by-id/usb-Generic_HD_Webcam-video-index0";
  const claim = `S:${byId}\nE:ID_SERIAL=Generic_HD_Webcam\nE:ID_V4L_CAPABILITIES=:capture:\n`;
  const cameras = await list(
    {
      video0: { sysfs: WEBCAM, udev: claim, told: "vivid.v4l2-ctl" },
      video2: { sysfs: WEBCAM.replaceAll("1-2", "1-3"), udev: claim, told: "vivid.v4l2-ctl" },
    },
    {
      links: { [`/dev/${byId}`]: "/dev/video2", [bySocket(2)]: "/dev/video0", [bySocket(3)]: "/dev/video2" },
    },
  );
  expect(cameras.map(({ stableId }) => stableId)).toEqual([bySocket(2), bySocket(3)]);
});

test("a camera with a name of its own keeps it in another socket", async () => {
  const byId = "v4l/by-id/usb-046d_HD_Pro_Webcam_C920_A1B2C3D4-video-index0";
  const [camera] = await list(
    { video0: { sysfs: WEBCAM, udev: `S:${byId}\n`, told: "vivid.v4l2-ctl" } },
    { links: { [`/dev/${byId}`]: "/dev/video0", "/dev/v4l/by-path/pci-0": "/dev/video0" } },
  );
  expect(camera?.stableId).toBe(`/dev/${byId}`);
});

test("a camera says who has it open", async () => {
  const status = "Name:\tobs\nTgid:\t812\nPPid:\t1\n";
  const [camera] = await list(
    { video0: { sysfs: WEBCAM, told: "vivid.v4l2-ctl" } },
    {
      files: { "/proc/812/status": status, "/proc/812/comm": "obs\n" },
      links: { "/proc/812/fd/9": "/dev/video0" },
    },
  );
  expect(camera?.holders).toEqual([{ pid: 812, name: "obs" }]);
});

test("a machine without cameras has none", async () => {
  expect(await list({})).toEqual([]);
});

const DEVICE = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2";

test.each([
  `${DEVICE}/1-4.2:1.0/video4linux/video0`,
  `${DEVICE}/1-4.2:1.2/sound/card1`,
  `${DEVICE}/1-4.2:1.2`,
])("%s is of the device behind the hub", (path) => {
  expect(usbDevice(path)).toBe(DEVICE);
});

test.each([
  "/sys/devices/platform/vivid.0/video4linux/video0",
  "/sys/devices/pci0000:00/0000:00:1f.3/sound/card0",
  "/sys/devices/virtual/video4linux/video8",
  null,
])("%s is of no USB device", (path) => {
  expect(usbDevice(path)).toBeNull();
});
