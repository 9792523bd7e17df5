import { expect, it } from "vitest";
import { likenessArguments } from "../../src/encoders/likeness.ts";

it("what an encoder made is decoded beside what it was given, and both are compared small", () => {
  const small = "settb=1/10,setpts=N,scale=160:90:flags=area,format=yuv420p";
  expect(likenessArguments("h264", "testsrc2=size=640x360:rate=30")).toEqual([
    ...["-hide_banner", "-nostats", "-f", "h264", "-i", "pipe:0", "-y"],
    "-filter_complex",
    `[0:v]${small}[made];testsrc2=size=640x360:rate=30,${small}[meant];[made][meant]psnr`,
    ...["-f", "null", "-"],
  ]);
});
