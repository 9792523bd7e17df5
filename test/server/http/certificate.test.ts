import { X509Certificate } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type KeyPair, readKeyPair, untimeliness } from "../../../src/server/http/certificate.ts";
import { CertificateWatch } from "../../../src/server/http/certificate-watch.ts";
import { hasOpening, keyPair, nameAt, otherKeyPair, Served } from "../served.ts";

const tls = "test/fixtures/tls";
let folder: string;
const opened: { close(): void }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-tls-"));
});

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  rmSync(folder, { recursive: true });
});

describe("a certificate and its key", () => {
  it("are read", async () => {
    expect(await readKeyPair({ certPath: `${tls}/cert.pem`, keyPath: `${tls}/key.pem` })).toEqual(keyPair);
  });

  it.each([
    ["cert.pem", "none.pem", /^--tls-key .*none.pem does not exist$/],
    ["none.pem", "key.pem", /^--tls-cert .*none.pem does not exist$/],
    ["cert.pem", "cert.pem", /^--tls-key .*cert.pem does not contain a private key in PEM format$/],
    ["key.pem", "key.pem", /^--tls-cert .*key.pem does not contain a certificate in PEM format$/],
    ["cert.pem", "other-key.pem", /^--tls-key .* does not match --tls-cert .*$/],
    ["cert.pem", "encrypted-key.pem", /^--tls-key .* is encrypted; decrypt it with: openssl pkey -in .*$/],
    [".", "key.pem", /^cannot read --tls-cert .*: EISDIR/],
  ])("are refused in one line: %s with %s", async (cert, key, message) => {
    const reading = readKeyPair({ certPath: `${tls}/${cert}`, keyPath: `${tls}/${key}` });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toMatchObject({ reason: "usage" });
  });

  it("are refused in one line where they are damaged", async () => {
    const certPath = join(folder, "cert.pem");
    writeFileSync(certPath, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const reading = readKeyPair({ certPath, keyPath: `${tls}/key.pem` });
    await expect(reading).rejects.toThrow(/^cannot use --tls-cert .*cert.pem: /);
  });

  it("are refused in one line where a certificate behind the first is damaged", async () => {
    const certPath = join(folder, "chain.pem");
    const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    writeFileSync(certPath, `${keyPair.cert}${damaged}`);
    const reading = readKeyPair({ certPath, keyPath: `${tls}/key.pem` });
    await expect(reading).rejects.toThrow(/^cannot use --tls-cert .*chain.pem: /);
  });

  it("are used out of their time, with a word about it", () => {
    expect(untimeliness(keyPair)).toBeNull();
    expect(untimeliness(keyPair, Date.parse("2900-01-01"))).toMatch(/^the certificate expired on .*2126/);
    expect(untimeliness(keyPair, 0)).toMatch(
      /^the certificate is not valid before .*: check the clock of this machine$/,
    );
    const { validFrom, validTo } = new X509Certificate(keyPair.cert);
    for (const moment of [validFrom, validTo]) expect(untimeliness(keyPair, Date.parse(moment))).toBeNull();
  });
});

const put = (name: string, from: string) => copyFileSync(`${tls}/${from}`, join(folder, name));

function watch(): { readonly renewed: KeyPair[]; readonly complaints: string[] } {
  const files = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
  const seen = { renewed: [] as KeyPair[], complaints: [] as string[] };
  const watching = new CertificateWatch(files, keyPair, {
    settleMs: 50,
    onRenewed: (pair) => seen.renewed.push(pair),
    onUnusable: (why) => seen.complaints.push(why),
  });
  opened.push(watching);
  return seen;
}

/** In the place of what was there, in one step. */
const link = (name: string, from: string) => {
  symlinkSync(join(process.cwd(), tls, from), join(folder, `new-${name}`));
  renameSync(join(folder, `new-${name}`), join(folder, name));
};

describe("a certificate that is renewed", () => {
  it("is taken when both files are there, written over or put in their place", async () => {
    put("cert.pem", "cert.pem");
    put("key.pem", "key.pem");
    const { renewed } = watch();
    put("cert.pem", "other-cert.pem");
    put("key.pem", "other-key.pem");
    await expect.poll(() => renewed).toEqual([otherKeyPair]);
    for (const name of ["cert.pem", "key.pem"]) put(`new-${name}`, name);
    for (const name of ["cert.pem", "key.pem"]) renameSync(join(folder, `new-${name}`), join(folder, name));
    await expect.poll(() => renewed).toEqual([otherKeyPair, keyPair]);
  });

  it("is taken when a link leads elsewhere, as certbot's do", async () => {
    link("cert.pem", "cert.pem");
    link("key.pem", "key.pem");
    const { renewed } = watch();
    link("cert.pem", "other-cert.pem");
    link("key.pem", "other-key.pem");
    await expect.poll(() => renewed).toEqual([otherKeyPair]);
  });

  it("is not taken when it does not serve, which is said once", async () => {
    put("cert.pem", "cert.pem");
    put("key.pem", "key.pem");
    const { renewed, complaints } = watch();
    put("cert.pem", "other-cert.pem");
    await expect.poll(() => complaints.length).toBe(1);
    expect(complaints[0]).toContain("does not match");
    put("unrelated", "key.pem");
    await new Promise((resolve) => setTimeout(resolve, 300)); // several looks
    put("key.pem", "other-key.pem");
    await expect.poll(() => renewed).toEqual([otherKeyPair]);
    expect(complaints).toHaveLength(1);
  });

  it("is found within a minute where the system tells of no change", async () => {
    const absent = join(folder, "later");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const renewed: KeyPair[] = [];
    const watching = new CertificateWatch(
      { certPath: join(absent, "cert.pem"), keyPath: join(absent, "key.pem") },
      keyPair,
      { onRenewed: (pair) => renewed.push(pair), onUnusable: () => undefined },
    );
    opened.push(watching);
    mkdirSync(absent);
    put("later/cert.pem", "other-cert.pem");
    put("later/key.pem", "other-key.pem");
    vi.advanceTimersByTime(59_999);
    await setImmediate();
    expect(renewed).toEqual([]);
    vi.advanceTimersByTime(1);
    await vi.waitFor(() => expect(renewed).toEqual([otherKeyPair]), 20_000);
  });

  it("is looked at a second after a change, as long as none follows, and keeps no process alive", async () => {
    const settling = vi.spyOn(globalThis, "setTimeout");
    const looking = vi.spyOn(globalThis, "setInterval");
    onTestFinished(() => void vi.restoreAllMocks());
    const files = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
    opened.push(
      new CertificateWatch(files, keyPair, { onRenewed: () => undefined, onUnusable: () => undefined }),
    );
    expect(looking.mock.results[0]?.value.hasRef()).toBe(false);
    put("cert.pem", "cert.pem");
    const settles = () => settling.mock.calls.findIndex(([, ms]) => ms === 1000);
    while (settles() < 0) await setImmediate();
    expect(settling.mock.results[settles()]?.value.hasRef()).toBe(false);
  });

  it("is complained of again where it is well in between", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const absent = join(folder, "later");
    const complaints: string[] = [];
    put("cert-alone.pem", "cert.pem");
    const files = { certPath: join(folder, "cert-alone.pem"), keyPath: join(absent, "key.pem") };
    opened.push(
      new CertificateWatch(files, keyPair, {
        onRenewed: () => undefined,
        onUnusable: (why) => complaints.push(why),
      }),
    );
    const lookUntil = async (count: number) => {
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(complaints).toHaveLength(count), 20_000);
    };
    await lookUntil(1);
    mkdirSync(absent);
    put("later/key.pem", "key.pem");
    vi.advanceTimersByTime(60_000);
    await readKeyPair(files); // later than the look, which has read them too
    await setImmediate();
    rmSync(absent, { recursive: true });
    await lookUntil(2);
    expect(complaints[1]).toBe(complaints[0]);
  });

  it("is not looked at any more once nobody wants it", async () => {
    put("cert.pem", "cert.pem");
    put("key.pem", "key.pem");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const files = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
    const renewed: KeyPair[] = [];
    const watching = new CertificateWatch(files, keyPair, {
      onRenewed: (pair) => renewed.push(pair),
      onUnusable: () => undefined,
    });
    expect(vi.getTimerCount()).toBe(1);
    put("cert.pem", "other-cert.pem");
    put("key.pem", "other-key.pem");
    while (vi.getTimerCount() < 2) await setImmediate(); // a change was seen, and is to settle
    watching.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(renewed).toEqual([]);
  });

  it("goes to those who come then, and viewers stay", async () => {
    const served = await Served.start(true);
    const viewer = await served.get("/live/cam.flv").until(hasOpening);
    expect(await nameAt(served.port)).toBe("localhost");
    served.server.renew(otherKeyPair);
    expect(await nameAt(served.port)).toBe("other");
    expect(viewer.socket.closed).toBe(false);
    const late = await served.get("/live/cam.flv").until(hasOpening);
    expect(late.status).toBe(200);
    await served.stop();
  });
});
