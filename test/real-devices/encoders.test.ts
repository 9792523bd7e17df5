import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { flvcast, refusedCast, watchCast } from "./cast.ts";
import { plugIn } from "./drivers.ts";
import { Guest } from "./guest.ts";

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot();
  await plugIn(guest, "camera");
  await guest.shell("modprobe videobuf2-v4l2; modprobe videobuf2-vmalloc; insmod drivers/v4l2-mem2mem.ko");
});
afterAll(() => guest.stop());

const plugInEncoder = (options = "") => guest.shell(`insmod drivers/h264pcm.ko ${options} && udevadm settle`);

interface Tried {
  readonly encoder: string;
  readonly node: string | null;
  readonly works: boolean;
  readonly reason?: string;
  readonly fix?: string;
}

async function probe(env: Readonly<Record<string, string>> = {}): Promise<readonly Tried[]> {
  const { stdout, stderr, exitCode } = await guest.run(
    [...flvcast, "encoders", "--probe", "--json", "--size", "320x180"],
    {
      user: "cam",
      env,
    },
  );
  if (exitCode !== 0) throw new Error(`flvcast encoders: exit ${exitCode}\n${stderr}`);
  return (JSON.parse(stdout) as { readonly encoders: readonly Tried[] }).encoders; // cli/encoders.ts
}

const CAMERA = ["--device", "cam0", "--size", "320x180", "--fps", "10"];

describe("a V4L2 encoder, whose parameter sets come in the stream alone", () => {
  afterEach(() => guest.shell("rmmod h264pcm 2>/dev/null || true"));

  test.each([["auto"], ["h264_v4l2m2m"]])("streams with --encoder %s", async (encoder) => {
    await plugInEncoder();
    const seen = await watchCast(guest, [...CAMERA, "--encoder", encoder]);
    expect(seen.onAir["encoder"]).toBe("h264_v4l2m2m");
    expect(seen.streams).toMatchObject([{ codec_name: "h264", width: 320, height: 180 }]);
    expect(seen.complaints).toBe("");
  });

  test("is no camera", async () => {
    await plugInEncoder();
    const { stdout } = await guest.run([...flvcast, "devices", "--json"], { user: "cam" });
    expect(JSON.parse(stdout).cameras).toHaveLength(1);
  });

  test("that is taken leaves the work to x264, and that is said in one line", async () => {
    await plugInEncoder("fail_open=1");
    const seen = await watchCast(guest, CAMERA);
    expect(seen.onAir["encoder"]).toBe("libx264");
    expect(seen.stderr).toMatch(/^flvcast: .*h264_v4l2m2m.*$/m);
    expect(seen.complaints).toBe("");
  });

  test("that is taken and was asked for by name is exit code 13, with the reason", async () => {
    await plugInEncoder("fail_open=1");
    const end = await refusedCast(guest, [...CAMERA, "--encoder", "h264_v4l2m2m"]);
    expect(end).toMatchObject({ exitCode: 13, stdout: "" });
    expect(end.stderr).toMatch(/^flvcast: [^\n]*h264_v4l2m2m[^\n]*\n$/);
  });
});

describe("a graphics chip's encoder", () => {
  const driver = { LIBVA_DRIVER_NAME: "pcm", LIBVA_DRIVERS_PATH: "/project/drivers" };
  beforeAll(() => guest.shell("modprobe vgem && udevadm settle && ls -l /dev/dri/renderD128"));

  test("that this user may not open says so, with the group to join", async () => {
    const vaapi = (await probe(driver)).find(({ encoder }) => encoder === "h264_vaapi");
    expect(vaapi).toMatchObject({ works: false });
    expect(`${vaapi?.reason} ${vaapi?.fix}`).toMatch(/\/dev\/dri\/renderD128.*\brender\b/);
  });

  test("works for one who is in it, and is what auto takes", async () => {
    await guest.shell("usermod -aG render cam");
    const vaapi = (await probe(driver)).find(({ encoder }) => encoder === "h264_vaapi");
    expect(vaapi?.reason ?? "works").toBe("works");
    expect(vaapi?.node).toBe("/dev/dri/renderD128");
    const seen = await watchCast(guest, CAMERA, { env: driver });
    expect(seen.onAir["encoder"]).toBe("h264_vaapi");
    expect(seen.complaints).toBe("");
  });
});
