import type { Finding } from "../../src/doctor/finding.ts";

/** Each finding on a line: verdict, subject, text, and what mends it. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ subject, verdict, text, fix }) =>
    [verdict, subject, text, ...(fix === null ? [] : [fix])].join(" | "),
  );
}
