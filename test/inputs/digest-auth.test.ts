import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestAuthorization } from "../../src/inputs/digest-auth.ts";

/** RFC 7616, 3.9.1. */
const credentials = { user: "Mufasa", password: "Circle of Life" };
const request = { method: "GET", uri: "/dir/index.html" };
const parameters = [
  ...['realm="http-auth@example.org"', 'qop="auth, auth-int"'],
  ...['nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'],
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
];
const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

function responseTo(challenge: string): string | null {
  const authorization = digestAuthorization(challenge, credentials, request, cnonce);
  return authorization === null ? null : (/response="(\w+)"/.exec(authorization)?.[1] ?? null);
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
/** As node has the bytes of a header. */
const asBytes = (text: string) => Buffer.from(text).toString("latin1");

describe("a challenge of Digest", () => {
  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("with %s is answered as the standard shows", (algorithm, response) => {
    expect(responseTo(`Digest ${[...parameters, `algorithm=${algorithm}`].join(", ")}`)).toBe(response);
  });

  it("is found beside Basic", () => {
    const digest = `Digest ${parameters.join(", ")}`;
    const alone = responseTo(digest);
    expect(alone).not.toBeNull();
    expect(responseTo(`Basic realm="other", ${digest}`)).toBe(alone);
    expect(responseTo(`${digest}, Basic realm="other"`)).toBe(alone);
  });

  it("is answered with all that the standard wants, in a nonce of its own each time", () => {
    const challenge = `Digest ${parameters.join(", ")}`;
    const ask = () => digestAuthorization(challenge, credentials, request) ?? "";
    expect(ask()).toMatch(
      /, opaque="FQhe[^"]+", algorithm=MD5, qop=auth, nc=00000001, cnonce="[0-9a-f]{16}"$/,
    );
    expect(ask()).not.toBe(ask());
  });

  it.each([
    ["MD5-sess", ', algorithm=MD5-sess, cnonce="c"'],
    ["md5", ", algorithm=md5"],
  ])("of %s without qop ends with %s", (algorithm, end) => {
    const challenge = `Digest realm="a\\"b", nonce="n", algorithm=${algorithm}`;
    const authorization = digestAuthorization(challenge, credentials, request, "c");
    expect(authorization?.endsWith(end)).toBe(true);
    expect(authorization).toContain('realm="a\\"b"');
  });

  it("without qop is answered as RFC 2069 has it", () => {
    const authorization = digestAuthorization('Digest realm="cam", nonce="abc"', credentials, request);
    expect(authorization).toMatch(
      /^Digest username="Mufasa", realm="cam", nonce="abc", uri="[^"]+", response="\w{32}", algorithm=MD5$/,
    );
  });

  it.each([
    'Basic realm="cam"',
    'Digest realm="cam", nonce="a", algorithm=SHA-512-256',
    'Digest realm="cam", nonce="a", qop="auth-int"',
    'Digest realm="cam"',
    'Basic realm="Digest cam, nonce=a"',
    'Basic realm="Digest realm=cam, nonce=a"',
  ])("that is none of those is not answered: %s", (challenge) => {
    expect(digestAuthorization(challenge, credentials, request)).toBeNull();
  });

  it.each([
    'Digest realm="cam", nonce="x", algorithm=SHA-512-256, opaque="o"',
    'Digest realm="cam", nonce="x", qop="auth-int"',
    "Negotiate",
    "Negotiate YWJj==",
    'Bearer realm="Digest"',
  ])("is found behind one that cannot be answered: %s", (other) => {
    const digest = `Digest ${parameters.join(", ")}`;
    expect(responseTo(`${other}, ${digest}`)).toBe(responseTo(digest));
  });

  it("is answered in the bytes that it came in, and with the user's in UTF-8", () => {
    const challenge = asBytes('Digest realm="Caméra", nonce="n"');
    const answer = digestAuthorization(challenge, { user: "用", password: "é" }, request);
    const response = md5(`${md5("用:Caméra:é")}:n:${md5("GET:/dir/index.html")}`);
    expect(answer).toContain(asBytes(`username="用", realm="Caméra"`));
    expect(answer).toContain(`response="${response}"`);
  });
});
