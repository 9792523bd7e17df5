import type { Device } from "../devices/device.ts";
import type { Encoder } from "../ffmpeg/encoder.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import type { Machine } from "../system/machine.ts";
import type { OwnAddress } from "../system/own-addresses.ts";
import type { User } from "../system/user.ts";
import type { Finding } from "./finding.ts";

/** What the checks look at: this machine and what was asked, or a test's. What takes long is found once, for all. */
export interface DoctorContext {
  readonly machine: Machine;
  readonly user: DoctorUser;
  /** `--host`; null where nobody said: then only this machine is to watch. */
  readonly host: string | null;
  readonly port: number;
  /** This machine's addresses, those first that a neighbour reaches. */
  readonly addresses: readonly OwnAddress[];
  /** `v20.19.0` */
  readonly nodeVersion: string;
  readonly now: Date;
  /** Rejects with a UserError where none runs. */
  readonly ffmpeg: () => Promise<FfmpegBinary>;
  readonly devices: () => Promise<readonly Device[]>;
  /** Each encoder on each of its nodes, tried; rejects where there is no ffmpeg. */
  readonly encoders: () => Promise<readonly TriedEncoder[]>;
  /** Listens and stops again; the error's code where that cannot be, null where it can. */
  readonly tryToListen: (host: string, port: number) => Promise<string | null>;
}

export interface DoctorUser extends User {
  readonly isRoot: boolean;
}

/** What came of encoding a few pictures. */
export interface TriedEncoder {
  readonly name: string;
  readonly codec: Encoder["codec"];
  /** `/dev/dri/renderD128`; null for an encoder that needs none. */
  readonly node: string | null;
  readonly isHardware: boolean;
  readonly works: boolean;
  /** Why it does not work, in words; null where it does. */
  readonly reason: string | null;
  /** What would let it work; null where nothing does: it is not there. */
  readonly fix: string | null;
}

/** One look at the machine. Throws where it itself breaks, which is a finding, too. */
export type Check = (context: DoctorContext) => Promise<readonly Finding[]>;
