import { expect, test } from "vitest";
import { passedSocket } from "../../src/systemd/passed-socket.ts";

test("the first socket that systemd passes is descriptor 3", () => {
  expect(passedSocket({ LISTEN_PID: "7", LISTEN_FDS: "1", LISTEN_FDNAMES: "http" }, 7)).toEqual({ fd: 3 });
});

test.each([
  {},
  { LISTEN_FDS: "1" },
  { LISTEN_PID: "8", LISTEN_FDS: "1" }, // it was passed to whoever started us
  { LISTEN_PID: "7", LISTEN_FDS: "0" },
  { LISTEN_PID: "7", LISTEN_FDS: "one" },
  { LISTEN_PID: "7", LISTEN_FDS: "1x" },
  { LISTEN_PID: "7", LISTEN_FDS: "x1" },
  { LISTEN_PID: "7", LISTEN_FDS: "01" },
  { LISTEN_PID: "7", LISTEN_FDS: "10000" },
])("no socket is passed by %j", (env) => {
  expect(passedSocket(env, 7)).toBeNull();
});
