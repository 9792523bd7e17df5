import type { DeviceOptions } from "../../src/inputs/open-device.ts";
import { recorded } from "../devices/platform/recorded.ts";
import { accounts, fakeMachine } from "../system/fake-machine.ts";

const USB = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2";

/** A webcam with its microphone, a camera that this user may not open, and a sound card. */
export const machine = fakeMachine({
  env: { DISPLAY: ":7" },
  files: {
    ...accounts(),
    "/sys/class/video4linux/video0/name": "HD Webcam\n",
    "/sys/class/video4linux/video0/dev": "81:0\n",
    "/sys/class/video4linux/video0/index": "0\n",
    "/sys/class/video4linux/video2/name": "Grabber\n",
    "/sys/class/video4linux/video2/dev": "81:2\n",
    "/sys/class/video4linux/video2/index": "0\n",
    "/run/udev/data/c81:2": "E:ID_V4L_CAPABILITIES=:capture:\n",
    "/proc/asound/cards":
      " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7\n" +
      " 1 [Webcam         ]: USB-Audio - HD Webcam\n                      HD Webcam at usb\n",
    "/proc/asound/pcm":
      "00-00: ALC269VC Analog : ALC269VC Analog : playback 1 : capture 1\n01-00: USB Audio : USB Audio : capture 1\n",
  },
  links: {
    "/sys/class/video4linux/video0": `${USB}/1-2:1.0/video4linux/video0`,
    "/sys/class/video4linux/video2": "/sys/devices/pci0000:00/grabber/video4linux/video2",
    "/sys/class/sound/card0": "/sys/devices/pci0000:00/0000:00:1f.3/sound/card0",
    "/sys/class/sound/card1": `${USB}/1-2:1.2/sound/card1`,
    "/dev/v4l/by-id/usb-Maker_HD_Webcam_1234-video-index0": "/dev/video0",
  },
  nodes: {
    "/dev/video0": { gid: 44, mayOpen: true },
    "/dev/video2": { gid: 44, mayOpen: false },
    "/dev/video7": { gid: 44, mayOpen: true },
    "/dev/snd/pcmC0D0c": { gid: 29, mayOpen: true },
    "/dev/snd/controlC0": { gid: 29, mayOpen: true },
    "/dev/snd/pcmC1D0c": { gid: 29, mayOpen: true },
    "/dev/snd/controlC1": { gid: 29, mayOpen: true },
  },
  programs: {
    "v4l2-ctl -d /dev/video0 --info --list-formats-ext": { stdout: recorded("loopback-fed.v4l2-ctl") },
  },
});

/** How its devices are opened. */
export const options: DeviceOptions = {
  ffmpeg: { path: "/opt/ffmpeg", version: "7.1", majorVersion: 7 },
  ...{ machine, pins: [], stampedBy: "driver" },
  mode: { size: null, fps: null, inputFormat: null, mayCopy: true },
};
