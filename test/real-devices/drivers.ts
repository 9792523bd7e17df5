import type { Guest } from "./guest.ts";

/** The kernel's virtual video driver, in one of its shapes: Documentation/admin-guide/media/vivid.rst */
export const vivid = {
  /** One camera, `/dev/video0`. */
  camera: "n_devs=1 node_types=0x1 num_inputs=1 input_types=0",
  /** Two cameras of the same make. */
  twoCameras: "n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0,0",
  /** A camera with a metadata node beside it, as uvcvideo makes one. */
  cameraAndMetadata: "n_devs=1 node_types=0x20001 num_inputs=1 input_types=0",
} as const;

/** Loads vivid in this shape; whatever was loaded before goes. */
export async function plugIn(guest: Guest, shape: keyof typeof vivid): Promise<void> {
  await guest.shell(`modprobe -r vivid; modprobe vivid ${vivid[shape]} && udevadm settle`);
}

/** ALSA's loopback card: what is played into one of its devices is recorded from the other. */
export async function plugInSound(guest: Guest): Promise<void> {
  await guest.shell("modprobe snd-aloop index=0 pcm_substreams=1 && udevadm settle");
}

/** Virtual cameras by their names, without spaces, as `/dev/video20`, `/dev/video21` …; they are cameras once something feeds them. */
export async function plugInVirtual(guest: Guest, names: readonly string[]): Promise<void> {
  const numbers = names.map((_, index) => 20 + index).join(",");
  await guest.shell(
    `modprobe videodev && insmod drivers/v4l2loopback.ko video_nr=${numbers} card_label=${names.join(",")} ` +
      `exclusive_caps=${names.map(() => 1).join(",")} && udevadm settle`,
  );
}

/** Shows a film on a virtual camera, again and again. */
export async function feed(guest: Guest, node: string, input: readonly string[]): Promise<void> {
  const again = ["ffmpeg", "-hide_banner", "-nostdin", "-re", "-stream_loop", "-1"];
  const feeding = guest.start([...again, ...input, "-c:v", "copy", "-f", "v4l2", node], {
    killAfterMs: 600_000,
  });
  await feeding.hasSaid(/frame=/);
}
