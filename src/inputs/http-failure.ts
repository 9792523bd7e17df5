import { UserError } from "../errors.ts";
import { problemOf } from "../system/connection-problem.ts";

export function statusFailure(label: string, status: number): UserError | null {
  if (status >= 200 && status < 300) return null;
  if (status === 401 || status === 403)
    return new UserError(
      "permission",
      `${label}: access denied (HTTP ${status}); check the user name and password in the URL: scheme://USER:PASSWORD@host/…`,
    );
  return new UserError("deviceAbsent", `${label}: the server answered with HTTP ${status}; check the URL`);
}

/** OpenSSL's and node's words for a certificate that nobody vouches for, is out of date, or is another host's. */
const CERTIFICATE = /CERT|UNABLE_TO_(GET|VERIFY)|SELF_SIGNED/;

export function connectionFailure(label: string, error: Error): UserError {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (CERTIFICATE.test(code))
    return new UserError("permission", `${label}: its TLS certificate is not trusted (${code})`, {
      cause: error,
    });
  const text = `${label}: ${problemOf(error)}; check that the server is running and the URL is right`;
  return new UserError("deviceAbsent", text, { cause: error });
}
