import { error, note, warning } from "../finding.ts";

/** The way that the stream came: HTTP/1.1 (RFC 9110, RFC 9112), chunks, TLS. */
export const httpFaults = {
  "http-no-response": error(
    "Server accepts the request but does not respond",
    "RFC 9110, 15",
    "Players wait until they time out.",
  ),
  "http-malformed": error(
    "Response is not HTTP/1",
    "RFC 9112, 4",
    "Browsers fail with net::ERR_INVALID_HTTP_RESPONSE.",
  ),
  "http-header-malformed": warning(
    "Malformed header line in the response",
    "RFC 9112, 5",
    "Browsers skip the line; proxies and strict clients refuse the response.",
  ),
  "http-head-too-large": error(
    "Response headers larger than 64 KB",
    "RFC 9110, 5.4",
    "Node refuses more than 16 KB, Chromium more than 256 KB.",
  ),
  "http-status": error("Server does not send the stream", "RFC 9110, 15", "Players report an error."),
  "http-redirected": note(
    "Server redirects clients",
    "RFC 9110, 15.4",
    "Costs a round trip; ffmpeg, VLC and browsers follow it.",
  ),
  "http-redirect-broken": error(
    "Redirect without a usable target",
    "RFC 9110, 10.2.2 (Location)",
    "Players report an error.",
  ),
  "http-redirect-loop": error(
    "More than five redirects in a row",
    "RFC 9110, 15.4",
    "Browsers give up after 20 (ERR_TOO_MANY_REDIRECTS), ffmpeg after 8.",
  ),
  "http-redirect-downgrade": error(
    "Redirect from HTTPS to HTTP",
    "W3C Mixed Content, 5.1",
    "Browsers block it on pages loaded over HTTPS.",
  ),
  "tls-untrusted": error(
    "Certificate is not trusted",
    "RFC 5280, 6; RFC 9110, 4.3.4",
    "Browsers refuse the connection. Nothing else was checked.",
  ),
  "http-content-type-missing": note(
    "Content-Type missing",
    "RFC 9110, 8.3",
    "Players guess from the first bytes; browsers offer a download.",
  ),
  "http-content-type-wrong": warning(
    "Content-Type names another format",
    "RFC 9110, 8.3; video/x-flv is FLV's",
    "VLC and other players that trust it choose the wrong demuxer.",
  ),
  "http-content-type-generic": note(
    "Content-Type is not video/x-flv",
    "RFC 9110, 8.3; video/x-flv is FLV's",
    "Players guess from the first bytes; browsers offer a download.",
  ),
  "http-content-encoding": error(
    "Stream is compressed without being requested",
    "RFC 9110, 8.4, 12.5.3",
    "Compression buffers add latency; ffmpeg and VLC read garbage.",
  ),
  "http-content-length-on-live": warning(
    "Live stream with a Content-Length",
    "RFC 9110, 8.6; RFC 9112, 6.3",
    "Players treat it as a file: they show an end and stop after that many bytes.",
  ),
  "http-content-length-malformed": error(
    "Content-Length is not a number",
    "RFC 9110, 8.6",
    "Browsers and proxies refuse the response.",
  ),
  "http-content-length-short": error(
    "Connection closes before Content-Length is reached",
    "RFC 9112, 8",
    "Browsers fail with ERR_CONTENT_LENGTH_MISMATCH.",
  ),
  "http-two-lengths": error(
    "Both Content-Length and Transfer-Encoding",
    "RFC 9112, 6.3",
    "Proxies, node and nginx reject it as an attack (response splitting).",
  ),
  "http-transfer-encoding": error(
    "Transfer-Encoding other than chunked",
    "RFC 9112, 6.1, 7",
    "Clients read the framing as stream data.",
  ),
  "http-chunked-in-1.0": warning(
    "Chunked HTTP/1.0 response",
    "RFC 9112, 6.1",
    "Chromium does not decode such chunks and reads garbage.",
  ),
  "http-close-delimited": note(
    "Neither chunked nor Content-Length: ends only when the connection closes",
    "RFC 9112, 6.3, 8",
    "Clients cannot tell a lost connection from the end of the stream.",
  ),
  "http-cors-missing": note(
    "No Access-Control-Allow-Origin (the request had no Origin)",
    "WHATWG Fetch, 3.2.3",
    "Pages on other sites may not be able to play it.",
  ),
  "http-cacheable": note(
    "Cache-Control allows caching of a live stream",
    "RFC 9111, 5.2.2",
    "A proxy or CDN may delay it, or serve old data to other viewers.",
  ),
  "chunk-size-malformed": error(
    "Malformed chunk size",
    "RFC 9112, 7.1 (chunk-size)",
    "Browsers fail with ERR_INVALID_CHUNKED_ENCODING.",
  ),
  "chunk-end-missing": error(
    "Chunk length differs from its size field",
    "RFC 9112, 7.1 (chunk)",
    "Browsers fail with ERR_INVALID_CHUNKED_ENCODING.",
  ),
  "chunk-last-missing": warning(
    "Connection closes without the last chunk",
    "RFC 9112, 7.1 (last-chunk), 8",
    "Browsers fail with ERR_INCOMPLETE_CHUNKED_ENCODING instead of ending normally.",
  ),
  "chunk-bare-lf": warning(
    "Chunk lines end with a bare LF",
    "RFC 9112, 2.2, 7.1",
    "Chromium accepts it; proxies and strict clients refuse it.",
  ),
  "chunks-tiny": note(
    "Very small chunks",
    "RFC 9112, 7.1",
    "Each chunk costs clients a callback, which drains phone batteries.",
  ),
  "bytes-after-end": warning(
    "Extra bytes after the end of the response",
    "RFC 9112, 6.3",
    "Clients close the connection; with keep-alive they misread the next response.",
  ),
};
