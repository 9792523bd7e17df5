import type { IncomingHttpHeaders } from "node:http";
import { AuthGate, type GateRules } from "../../src/auth/gate.ts";
import type { AuthRequest } from "../../src/auth/request.ts";

/** 24 characters. */
export const TOKEN = "right-token-0123456789ab";

/** A door of nothing but defaults, and what a test changes. */
export function door(rules: Partial<GateRules> = {}, now?: () => number): AuthGate {
  const none = { token: null, allowedOrigins: [], ourNames: ["cam.example"], trustedProxies: [] };
  return new AuthGate({ ...none, ...rules }, now);
}

/** A GET of a player on this machine, and what a test changes. */
export function request(headers: IncomingHttpHeaders = {}, changes: Partial<AuthRequest> = {}): AuthRequest {
  return {
    method: "GET",
    query: "",
    headers: { host: "127.0.0.1:8080", ...headers },
    peerAddress: "127.0.0.1",
    isTls: false,
    isWebSocket: false,
    ...changes,
  };
}
