import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { UserError } from "../../errors.ts";

/** A server's certificate with those that vouch for it, and its private key: PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface KeyPairFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** Reads and checks a pair. @throws UserError where a file cannot be read, or the two do not serve */
export async function readKeyPair({ certPath, keyPath }: KeyPairFiles): Promise<KeyPair> {
  const [cert, key] = await Promise.all([
    readPem("--tls-cert", certPath, "CERTIFICATE", "a certificate"),
    readPem("--tls-key", keyPath, "PRIVATE KEY", "a private key"),
  ]);
  if (key.includes("ENCRYPTED"))
    throw new UserError(
      "usage",
      `--tls-key ${keyPath} is encrypted; decrypt it with: openssl pkey -in ${keyPath}`,
    );
  const certificate = parsed(`--tls-cert ${certPath}`, () => new X509Certificate(cert));
  const privateKey = parsed(`--tls-key ${keyPath}`, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new UserError("usage", `--tls-key ${keyPath} does not match --tls-cert ${certPath}`);
  parsed(`--tls-cert ${certPath}`, () => createSecureContext({ cert, key }));
  return { cert, key };
}

/** What the user should know of a certificate that is used all the same; null where it is in its time. */
export function untimeliness({ cert }: KeyPair, now = Date.now()): string | null {
  const { validFrom, validTo } = new X509Certificate(cert);
  if (now > Date.parse(validTo))
    return `the certificate expired on ${validTo}, so browsers reject it: renew it`;
  if (now < Date.parse(validFrom))
    return `the certificate is not valid before ${validFrom}: check the clock of this machine`;
  return null;
}

async function readPem(flag: string, path: string, label: string, what: string): Promise<string> {
  const text = await readFile(path, "latin1").catch((error: NodeJS.ErrnoException) => {
    throw unreadable(flag, path, error);
  });
  if (new RegExp(`^-----BEGIN [A-Z ]*${label}-----`, "m").test(text)) return text;
  throw new UserError("usage", `${flag} ${path} does not contain ${what} in PEM format`);
}

function unreadable(flag: string, path: string, error: NodeJS.ErrnoException): UserError {
  const options = { cause: error };
  switch (error.code) {
    case "ENOENT":
      return new UserError("usage", `${flag} ${path} does not exist`, options);
    case "EACCES":
      return new UserError("permission", `no permission to read ${flag} ${path}`, options);
    default:
      return new UserError("usage", `cannot read ${flag} ${path}: ${error.message}`, options);
  }
}

function parsed<Value>(what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new UserError("usage", `cannot use ${what}: ${(error as Error).message}`, { cause: error });
  }
}
