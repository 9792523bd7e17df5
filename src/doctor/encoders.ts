import { UserError } from "../errors.ts";
import type { DoctorContext, TriedEncoder } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";

const SUBJECT = "encoders";

/** Which encoders work, and those that something would mend. What is not there is not told. */
export async function checkEncoders({ encoders }: DoctorContext): Promise<readonly Finding[]> {
  const tried = await whereFfmpegIs(encoders());
  if (tried === null) return [];
  const ofH264 = tried.filter(({ codec }) => codec === "h264"); // what keeps one of them keeps the chip's others
  const working = ofH264.filter(({ works }) => works);
  const others = tried.filter(({ works, codec }) => works && codec !== "h264").map(called);
  const fixable = ofH264.filter(({ works, isHardware, fix }) => !works && isHardware && fix !== null);
  const more = others.length === 0 ? "" : `; also ${others.join(", ")}`;
  return [
    working.length > 0 ? ok(SUBJECT, `${workingText(working)}${more}`) : noneWorks(ofH264),
    ...fixable.map((one) => warning(SUBJECT, `${called(one)}: ${one.reason ?? "does not work"}`, one.fix)),
  ];
}

function workingText(working: readonly TriedEncoder[]): string {
  const names = working.map(called).join(", ");
  if (working.some(({ isHardware }) => isHardware)) return names;
  return `${names}; no hardware encoder (details: flvcast encoders --verbose)`;
}

/** null where there is no ffmpeg that answers: another check says so. */
async function whereFfmpegIs(pending: Promise<readonly TriedEncoder[]>) {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof UserError && isAboutFfmpeg(error)) return null;
    throw error;
  }
}

const isAboutFfmpeg = ({ reason }: UserError) => reason === "noFfmpeg" || reason === "notReady";

function noneWorks(tried: readonly TriedEncoder[]): Finding {
  const software = tried.find(({ isHardware }) => !isHardware);
  const why = software?.reason == null ? "" : `; ${called(software)}: ${software.reason}`;
  return failure(SUBJECT, `none works${why}`, software?.fix ?? "install an ffmpeg with libx264");
}

function called({ name, node }: TriedEncoder): string {
  return node === null ? name : `${name} on ${node}`;
}
