import type { Output, TimedPacket } from "../../src/outputs/output.ts";
import { roleOf } from "../../src/outputs/output.ts";

/** An output that keeps what it hears. */
export class RecordingOutput implements Output {
  readonly name = "test";
  readonly packets: TimedPacket[] = [];
  /** In words: "begin ready video-config@0 key@0 …". */
  readonly heard: string[] = [];

  begin(): void {
    this.heard.push("begin");
  }

  correct(): void {
    this.heard.push("correct");
  }

  ready(): void {
    this.heard.push("ready");
  }

  write(packets: readonly TimedPacket[]): void | Promise<void> {
    this.packets.push(...packets);
    this.heard.push(...packets.map(({ packet, timestampMs }) => `${roleOf(packet)}@${timestampMs}`));
  }

  startEpoch(): void {
    this.heard.push("epoch");
  }

  end(): void | Promise<void> {
    this.heard.push("end");
  }
}
