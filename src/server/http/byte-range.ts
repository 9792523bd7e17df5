/** What is sent of a representation. */
export type Selection =
  | { readonly kind: "whole" }
  /** Both ends included. */
  | { readonly kind: "part"; readonly first: number; readonly last: number }
  | { readonly kind: "unsatisfiable" };

const WHOLE: Selection = { kind: "whole" };
const UNSATISFIABLE: Selection = { kind: "unsatisfiable" };

/**
 * What a Range header selects of a GET (RFC 9110, 14.1 and 14.2). Other units, and what is no valid ranges-specifier, are
 * ignored; so are several ranges, which a server need not serve.
 * @param header absent, or a field value; several fields joined by commas
 */
export function selectRange(header: string | undefined, sizeBytes: number): Selection {
  const [spec, ...more] = header === undefined ? [] : rangeSet(header);
  if (spec === undefined || more.length > 0) return WHOLE;
  const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
  if (first !== "") return intRange(first, last, sizeBytes);
  return last === "" ? WHOLE : suffixRange(last, sizeBytes);
}

/**
 * range-set = 1#range-spec: a list, of which empty members are passed over (5.6.1.2), with no space before its first member.
 * Empty where it is not of bytes.
 */
function rangeSet(header: string): readonly string[] {
  const [, set = ""] = /^bytes=(?![ \t]+[^ \t,])(.*)$/i.exec(withoutSpace(header)) ?? [];
  return set
    .split(",")
    .map(withoutSpace)
    .filter((member) => member !== "");
}

/** first-pos "-" [ last-pos ]. Numbers have no bound (14.1.2), and beyond 2^53 two of them may look the same. */
function intRange(first: string, last: string, sizeBytes: number): Selection {
  if (last !== "" && BigInt(last) < BigInt(first)) return WHOLE; // invalid
  if (Number(first) >= sizeBytes) return UNSATISFIABLE;
  const end = sizeBytes - 1;
  return { kind: "part", first: Number(first), last: last === "" ? end : Math.min(Number(last), end) };
}

/** "-" suffix-length. Of nothing, every suffix is all of it, which no Content-Range can say. */
function suffixRange(length: string, sizeBytes: number): Selection {
  if (Number(length) === 0) return UNSATISFIABLE;
  if (sizeBytes === 0) return WHOLE;
  return { kind: "part", first: Math.max(0, sizeBytes - Number(length)), last: sizeBytes - 1 };
}

/** OWS = *( SP / HTAB ), which is less than what `trim` takes away. */
function withoutSpace(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
