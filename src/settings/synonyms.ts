/** What other programs call an option of ours. */
export const optionSynonyms: Readonly<Record<string, string>> = {
  ...{ password: "token", pass: "token", daemon: "detach", background: "detach" },
  ...{ input: "device", source: "device", camera: "device", i: "device", bind: "host", address: "host" },
  ...{ resolution: "size", framerate: "fps", rate: "fps", codec: "video-codec", vcodec: "video-codec" },
  ...{ microphone: "audio", mic: "audio", debug: "verbose", silent: "quiet", out: "output", tail: "lines" },
  ...{ cert: "tls-cert", key: "tls-key" },
};
