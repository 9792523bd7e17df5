import type { Camera, Microphone, Screen } from "../../src/devices/device.ts";

const found = { access: { isAllowed: true }, holders: [] } as const;

/** A V4L2 camera; what a test does not say is plausible. */
export function someCamera(camera: Partial<Camera> = {}): Camera {
  return {
    kind: "camera",
    demuxer: "v4l2",
    alias: "cam0",
    name: "HD Webcam",
    node: "/dev/video0",
    stableId: "/dev/v4l/by-id/usb-HD_Webcam_1-video-index0",
    physicalId: "1-2",
    modes: [],
    ...found,
    ...camera,
  };
}

/** An ALSA microphone. */
export function someMicrophone(microphone: Partial<Microphone> = {}): Microphone {
  return {
    kind: "microphone",
    demuxer: "alsa",
    alias: "mic0",
    name: "HD Webcam",
    node: "plughw:1,0",
    stableId: "usb-HD_Webcam_1-00",
    physicalId: "1-2",
    isMonitor: false,
    ...found,
    ...microphone,
  };
}

/** The whole of X11's first screen. */
export function someScreen(screen: Partial<Screen> = {}): Screen {
  return {
    kind: "screen",
    demuxer: "x11grab",
    alias: "screen0",
    name: "X11 screen :0",
    node: ":0",
    stableId: ":0",
    area: null,
    ...found,
    ...screen,
  };
}
