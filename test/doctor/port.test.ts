import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { DoctorContext } from "../../src/doctor/context.ts";
import { checkPort, inodesOf } from "../../src/doctor/port.ts";
import { nextFreePort, tryToListen } from "../../src/system/free-port.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { contextWith, type Scene } from "./fake-machine.ts";

/** Recorded from `cat /proc/net/tcp` while `node -e 'net.createServer().listen(8080, "127.0.0.1")'` ran. */
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 254661 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:8C5A 01 00000000:00000000 00:00000000 00000000     0        0 254662 1 0000000000000000 20 4 30 10 -1
   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 254663 1 0000000000000000 100 0 0 10 0
`;

/** The finding of a port of which listening says this; those above are free. */
const told = async (code: string | null, scene: Scene = {}, changes: Partial<DoctorContext> = {}) => {
  const { port = 8080 } = changes;
  const listen = async (_host: string, asked: number) => (asked === port ? code : null);
  return (await checkPort(contextWith(scene, { tryToListen: listen, ...changes })))[0];
};

test("a free port is fine", async () => {
  expect(await told(null)).toMatchObject({ subject: "port 8080", verdict: "ok", text: "free on 127.0.0.1" });
});

test("a port that is free on all addresses is told with those that others reach", async () => {
  const addresses = [
    { address: "192.168.1.7", family: "IPv4", interfaceName: "eth0", kind: "physical" },
    { address: "fd00::7", family: "IPv6", interfaceName: "eth0", kind: "physical" },
    { address: "10.8.0.2", family: "IPv4", interfaceName: "wg0", kind: "tunnel" },
    { address: "127.0.0.1", family: "IPv4", interfaceName: "lo", kind: "loopback" },
  ] as const;
  const at = async (host: string) => (await told(null, {}, { host, addresses }))?.text;
  expect(await at("0.0.0.0")).toBe("free on 0.0.0.0; other machines reach it at 192.168.1.7, 10.8.0.2");
  expect(await at("::")).toBe("free on ::; other machines reach it at 192.168.1.7, fd00::7, 10.8.0.2");
  expect(await at("192.168.1.7")).toBe("free on 192.168.1.7");
  const many = Array.from({ length: 9 }, (_, n) => ({ ...addresses[0], address: `10.0.0.${n}` }));
  expect((await told(null, {}, { host: "0.0.0.0", addresses: many }))?.text).toMatch(
    /at 10.0.0.0, .*, 10.0.0.3$/,
  );
});

test("a port in use names the program that listens there, and how to get around it", async () => {
  const scene: Scene = {
    files: { "/proc/net/tcp": tcp, "/proc/77/status": "Tgid:\t77\nPPid:\t1\n", "/proc/77/comm": "httpd\n" },
    links: { "/proc/77/fd/4": "socket:[254661]", "/proc/78/fd/4": "socket:[254663]" },
  };
  expect(await told("EADDRINUSE", scene)).toEqual({
    subject: "port 8080",
    verdict: "failure",
    text: "in use on 127.0.0.1 by httpd (pid 77)",
    fix: "kill 77, or flvcast start DEVICE --port 8081",
  });
});

test("another user's program cannot be named", async () => {
  expect(await told("EADDRINUSE", { files: { "/proc/net/tcp": tcp } })).toMatchObject({
    text: "in use on 127.0.0.1 by another user's program",
    fix: "flvcast start DEVICE --port 8081",
  });
});

const fixOf = async (port: number) => (await told("EADDRINUSE", {}, { port }))?.fix;

test("the last port has none behind it: the system picks one", async () => {
  expect(await fixOf(65_535)).toBe("flvcast start DEVICE --port 0");
  expect(await fixOf(65_534)).toBe("flvcast start DEVICE --port 65535");
});

/** What listens where these ports are taken, and which were tried. */
const taken = (...ports: number[]) => {
  const tried: number[] = [];
  const listen = async (_host: string, port: number) => {
    tried.push(port);
    return ports.includes(port) ? "EADDRINUSE" : null;
  };
  return { tried, listen };
};

test("the next free port is one of the twenty above, or any", async () => {
  expect(await nextFreePort("::1", 8080, taken(8081, 8082).listen)).toBe(8083);
  const none = taken(...Array.from({ length: 40 }, (_, n) => 9000 + n));
  expect(await nextFreePort("::1", 9000, none.listen)).toBe(0);
  expect(none.tried).toHaveLength(20);
});

const listening = (inode: number) =>
  `   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1\n`;

test("each program that listens is named once, and all are told how to end", async () => {
  const scene: Scene = {
    files: {
      "/proc/net/tcp": listening(1),
      "/proc/net/tcp6": listening(2),
      "/proc/77/status": "Tgid:\t77\nPPid:\t1\n",
      "/proc/77/comm": "httpd\n",
      "/proc/78/status": "Tgid:\t78\nPPid:\t1\n",
      "/proc/78/comm": "nginx\n",
    },
    links: { "/proc/77/fd/4": "socket:[1]", "/proc/77/fd/5": "socket:[2]", "/proc/78/fd/4": "socket:[2]" },
  };
  expect(await told("EADDRINUSE", scene)).toMatchObject({
    text: "in use on 127.0.0.1 by httpd (pid 77), nginx (pid 78)",
    fix: "kill 77 78, or flvcast start DEVICE --port 8081",
  });
  expect(await told("EADDRINUSE", { ...scene, platform: "darwin" })).toMatchObject({
    text: "in use on 127.0.0.1 by another user's program",
  });
});

test("a port that is to be picked is none yet", async () => {
  expect(await told(null, {}, { port: 0 })).toMatchObject({
    subject: "port",
    text: "free ports on 127.0.0.1",
  });
});

test("what nobody thought of is told in the system's word", async () => {
  expect(await told("EMFILE")).toEqual({
    ...{ subject: "port 8080", verdict: "failure", text: "cannot listen on 127.0.0.1: EMFILE", fix: null },
  });
});

test("only a socket that listens holds a port", () => {
  expect(inodesOf(tcp, 8080)).toEqual(["254661"]);
  expect(inodesOf(tcp, 8081)).toEqual(["254663"]);
  expect(inodesOf("", 8081)).toEqual([]);
  expect(inodesOf(tcp.replace("1F90", "0050"), 80)).toEqual(["254661"]);
  expect(inodesOf("  0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0", 8080)).toEqual([]); // cut short
});

test("ports below 1024 are root's", async () => {
  expect(await told("EACCES", {}, { port: 80 })).toMatchObject({
    verdict: "failure",
    fix: "flvcast start DEVICE --port 8080",
  });
});

test("for an address of IPv6 that is not ours, all are IPv6's", async () => {
  expect(await told("EADDRNOTAVAIL", {}, { host: "2001:db8::1" })).toMatchObject({
    fix: "--host 192.168.1.7, or --host :: for all addresses",
  });
});

test.each(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"])(
  "an address of another machine cannot be listened on (%s)",
  async (code) => {
    expect(await told(code, {}, { host: "192.0.2.1" })).toMatchObject({
      verdict: "failure",
      text: "192.0.2.1 is not an address of this machine",
      fix: "--host 192.168.1.7, or --host 0.0.0.0 for all addresses",
    });
  },
);

test("on this machine, a port that is taken is told from a free one", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await tryToListen("127.0.0.1", port)).toBe("EADDRINUSE");
  server.close();
  await once(server, "close");
  expect(await tryToListen("127.0.0.1", port)).toBeNull();
  expect(await tryToListen("192.0.2.1", 0)).toBe("EADDRNOTAVAIL");
});

test.runIf(process.platform === "linux")("on this machine, who listens is found", async () => {
  const script =
    'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => console.log(process.pid, s.address().port)); process.stdin.on("end", () => process.exit()).resume()';
  // Behind a shell: our own children are not told of.
  const shell = spawn("sh", ["-c", '"$0" -e "$1"; true', process.execPath, script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [said] = await once(shell.stdout, "data");
  const [pid, port] = String(said).split(" ").map(Number);
  const [finding] = await checkPort(
    contextWith({}, { machine: thisMachine(process.env), port: port ?? 0, tryToListen }),
  );
  shell.stdin.end();
  await once(shell, "close");
  expect(finding).toMatchObject({ verdict: "failure", text: `in use on 127.0.0.1 by node (pid ${pid})` });
});
