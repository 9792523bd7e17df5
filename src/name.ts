/** What a stream or a pinned device may be called: it stands in a URL as it is. */
export const NAME_PATTERN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
