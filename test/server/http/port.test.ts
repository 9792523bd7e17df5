import { createServer } from "node:net";
import { expect, it } from "vitest";
import { listenFailure, Port, unusableSocket } from "../../../src/server/http/port.ts";

const failed = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

it.each([
  ["EADDRINUSE", "portInUse", "port 80 is already in use on cam.lan; "],
  ["EACCES", "permission", "no permission to listen on --port 80: "],
  ["EADDRNOTAVAIL", "addressUnavailable", "--host cam.lan is not an address of this machine; "],
  ["ENOTFOUND", "addressUnavailable", "--host cam.lan is not an address of this machine; "],
  ["EAI_AGAIN", "addressUnavailable", "--host cam.lan is not an address of this machine; "],
  ["EMFILE", "failure", "cannot listen on cam.lan:80: listen EMFILE"],
])("a port that cannot be had for %s is told of as %s", (code, reason, message) => {
  expect(listenFailure(failed(code), { host: "cam.lan", port: 80 })).toMatchObject({
    ...{ reason, message: expect.stringContaining(message) },
  });
});

it("the option that chooses the port is told", () => {
  const { message } = listenFailure(failed("EADDRINUSE"), { host: "cam.lan", port: 1935 }, "--rtmp-port");
  expect(message).toContain("choose another with --rtmp-port");
});

it("a descriptor that does not serve is told of, with what the system says where it says something", () => {
  const cause = failed("ENOTSOCK");
  const text = "file descriptor 3 (LISTEN_FDS) is not a listening TCP socket";
  expect(unusableSocket(3, cause)).toMatchObject({ message: `${text}: listen ENOTSOCK`, cause });
  expect(unusableSocket(3).message).toBe(text);
});

it("a port that has moved to another address of the same number can be closed", async () => {
  const port = new Port(createServer());
  await port.listen({ host: "127.0.0.1", port: 0 });
  const number = port.address?.port ?? 0;
  await port.move({ host: "0.0.0.0", port: number }, createServer());
  expect(port.address).toMatchObject({ address: "0.0.0.0", port: number });
  await port.close();
});
