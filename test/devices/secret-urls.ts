/** A URL as cameras and services have them, and what of it is nobody's but its owner's. */
export interface SecretUrl {
  readonly url: string;
  readonly secrets: readonly string[];
  /** What may be shown of it. */
  readonly shown: string;
  /** What a stream of it is called. */
  readonly name: string;
}

type Row = readonly [url: string, secrets: string, shown: string, name: string];

/** The forms in the makers' own manuals; secrets are set apart by spaces. */
const rows: readonly Row[] = [
  // Hikvision
  [
    "rtsp://admin:Hik-12345@192.0.2.4:554/Streaming/Channels/101",
    "Hik-12345 admin",
    "rtsp://…@192.0.2.4:554/Streaming/Channels/101",
    "192.0.2.4-101",
  ],
  [
    "rtsp://192.0.2.4/h264/ch1/main/av_stream?auth=YWRtaW46c2Vj",
    "YWRtaW46c2Vj",
    "rtsp://192.0.2.4/h264/ch1/main/av_stream…",
    "192.0.2.4-1",
  ],
  [
    "http://admin:s3cr3tpw@192.0.2.4/ISAPI/Streaming/channels/102/httpPreview",
    "s3cr3tpw",
    "http://…@192.0.2.4/ISAPI/Streaming/channels/102/httpPreview",
    "192.0.2.4-102",
  ],
  // Dahua, Amcrest
  [
    "rtsp://admin:da'hua-pw@cam:554/cam/realmonitor?channel=2&subtype=0",
    "da'hua-pw hua-pw",
    "rtsp://…@cam:554/cam/realmonitor…",
    "cam-2",
  ],
  ["rtsp://admin:a/b-secret@cam:554/cam/realmonitor?channel=1", "a/b-secret b-secret", "rtsp://…", "stream"],
  [
    "http://cam/cgi-bin/mjpg/video.cgi?channel=1&loginuse=root&loginpas=amcrest9",
    "amcrest9 root",
    "http://cam/cgi-bin/mjpg/video.cgi…",
    "cam-1",
  ],
  // Reolink
  [
    "rtsp://admin:reo%40link@cam:554/h264Preview_01_main",
    "reo%40link reo@link",
    "rtsp://…@cam:554/h264Preview_01_main",
    "cam-01",
  ],
  [
    "http://cam/flv?port=1935&app=bcs&stream=channel0_main.bcs&user=admin&password=re0l1nk",
    "re0l1nk admin",
    "http://cam/flv…",
    "cam",
  ],
  [
    "http://cam/bcs/channel0_main.bcs?token=5f3c9aa1b2",
    "5f3c9aa1b2",
    "http://cam/bcs/channel0_main.bcs…",
    "cam-0",
  ],
  // Axis
  [
    "rtsp://root:axis-pass@cam/axis-media/media.amp?videocodec=h264&camera=1",
    "axis-pass root",
    "rtsp://…@cam/axis-media/media.amp…",
    "cam-1",
  ],
  [
    "http://cam/axis-cgi/mjpg/video.cgi?access_token=eyJhbGciOi.J9eyJz",
    "eyJhbGciOi.J9eyJz",
    "http://cam/axis-cgi/mjpg/video.cgi…",
    "cam",
  ],
  // Foscam
  ["rtsp://visitor:fos#cam1@cam:88/videoMain", "fos#cam1 visitor", "rtsp://…", "stream"],
  [
    "http://cam:88/cgi-bin/CGIStream.cgi?cmd=GetMJStream&usr=visitor&pwd=fosc4m&psw=fosc4m2",
    "fosc4m fosc4m2 visitor",
    "http://cam:88/cgi-bin/CGIStream.cgi…",
    "cam-88",
  ],
  [
    "http://cam/videostream.cgi?loginuse=visitor&loginpas=fos-cam",
    "fos-cam",
    "http://cam/videostream.cgi…",
    "cam",
  ],
  // XM, Besder, many without a name
  [
    "rtsp://cam:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp?",
    "tlJwpbo6",
    "rtsp://cam:554/…",
    "cam-1",
  ],
  [
    "rtsp://cam:554/user=admin_password=tlJwpbo6_channel=3_stream=0.sdp?real_stream",
    "tlJwpbo6",
    "rtsp://cam:554/…",
    "cam-3",
  ],
  ["rtsp://cam/0/admin:zmodo-pw/main", "zmodo-pw", "rtsp://cam/0/…", "cam-0"],
  // TP-Link Tapo, Ubiquiti, Wyze and other bridges, Nest, Ring
  ["rtsp://tapo-user:tapo-pass@cam:554/stream2", "tapo-user tapo-pass", "rtsp://…@cam:554/stream2", "cam-2"],
  [
    "rtsps://192.0.2.1:7441/VnYhbFmMDDdlIVYx?enableSrtp",
    "VnYhbFmMDDdlIVYx",
    "rtsps://192.0.2.1:7441/…",
    "192.0.2.1-7441",
  ],
  ["rtsp://192.0.2.1:7447/abcdefghijklmnop", "abcdefghijklmnop", "rtsp://192.0.2.1:7447/…", "192.0.2.1-7447"],
  [
    "rtsp://wyze-api-key-1@bridge.lan:8554/front-door",
    "wyze-api-key-1",
    "rtsp://…@bridge.lan:8554/front-door",
    "bridge.lan-8554",
  ],
  [
    "rtsps://stream.example/sdm_live?auth=g.0.streamtoken",
    "streamtoken",
    "rtsps://stream.example/…",
    "stream.example",
  ],
  ["https://cam/live.m3u8?auth_token=4uthT0ken", "4uthT0ken", "https://cam/live.m3u8…", "cam"],
  [
    "https://cam/live/index.m3u8?api-key=4piK3y#fr4gm3nt",
    "4piK3y fr4gm3nt",
    "https://cam/live/index.m3u8…",
    "cam",
  ],
  ["https://cam/t/eyJ0b2tlbiI6MX0/playlist.m3u8", "eyJ0b2tlbiI6MX0", "https://cam/t/…", "cam"],
  // Ingests and stores of services
  [
    "rtmp://a.rtmp.youtube.example/live2/abcd-efgh-ijkl-mnop-qrst",
    "abcd-efgh-ijkl-mnop-qrst",
    "rtmp://a.rtmp.youtube.example/live2/…",
    "a.rtmp.youtube.example-2",
  ],
  [
    "rtmps://ingest.twitch.example:443/app/live_123456_AbCdEf?bandwidthtest=true",
    "live_123456_AbCdEf",
    "rtmps://ingest.twitch.example:443/app/…",
    "ingest.twitch.example",
  ],
  [
    "https://cdn.example/live/stream.flv?streamkey=k3yk3y&txSecret=9f8e7d",
    "k3yk3y 9f8e7d",
    "https://cdn.example/live/stream.flv…",
    "cdn.example",
  ],
  [
    "https://b.s3.example/clip.mp4?X-Amz-Credential=AKIAEXAMPLE%2F2026&X-Amz-Signature=fe5f80f77d5f",
    "AKIAEXAMPLE fe5f80f77d5f",
    "https://b.s3.example/clip.mp4…",
    "b.s3.example",
  ],
  [
    "https://acct.blob.example/v/clip.mp4?sv=2026&sig=Zm9vYmFy%3D&se=2027",
    "Zm9vYmFy%3D",
    "https://acct.blob.example/v/clip.mp4…",
    "acct.blob.example",
  ],
  [
    "srt://host.example:9000?streamid=publish&passphrase=srt-passphrase",
    "srt-passphrase",
    "srt://host.example:9000…",
    "host.example-9000",
  ],
  // Passwords that a URL does not take as they are
  [
    "rtsp://u:p@ss@word1@[2001:db8::7]:554/11",
    "p@ss@word1 word1",
    "rtsp://…@[2001:db8::7]:554/11",
    "2001-db8-7-11",
  ],
  ["rtsp://admin:12/34-pin@cam/1", "34-pin 12/34", "rtsp://…", "stream"],
  ["rtsp://admin:what?ever@cam/1", "what?ever ever@cam", "rtsp://…", "stream"],
];

export const secretUrls: readonly SecretUrl[] = rows.map(([url, secrets, shown, name]) => ({
  ...{ url, shown, name },
  secrets: secrets.split(" "),
}));

/** What people type instead of a URL. */
export const mistypedUrls: readonly Pick<SecretUrl, "url" | "secrets" | "shown">[] = (
  [
    ["cam:554/user=admin&password=tlJwpbo6", "tlJwpbo6", "cam:554/…"],
    ["cam:554/user=admin_password=tlJwpbo6_channel=1", "tlJwpbo6", "cam:554/…"],
    ["192.0.2.4/cgi-bin/video.cgi?user=root&pwd=s3cr3tpw", "s3cr3tpw", "192.0.2.4/cgi-bin/…"],
    ["admin:s3cr3tpw@192.0.2.4:554/ch1", "s3cr3tpw admin", "…@192.0.2.4:554/ch1"],
    ["admin:da'hua/pw@192.0.2.4:554/ch1", "da'hua/pw hua/pw", "…@192.0.2.4:554/ch1"],
    ["//admin:s3cr3tpw@cam/ch1", "s3cr3tpw", "…@cam/ch1"],
    ["rtsp:/admin:s3cr3tpw@cam/ch1", "s3cr3tpw", "…@cam/ch1"],
    ["rtsp;//admin:s3cr3tpw@cam/ch1", "s3cr3tpw", "…@cam/ch1"],
    ["rtsp:\\\\admin:s3cr3tpw@cam\\ch1", "s3cr3tpw", "…@cam\\ch1"],
    [" rtsp://admin:s3cr3tpw@cam/ch1", "s3cr3tpw", " rtsp://…@cam/ch1"],
    ["'rtsp://admin:s3cr3tpw@cam/live'", "s3cr3tpw", "'rtsp://…@cam/…"],
    ["rtsp://admin:s3cr3t,pw@cam/ch1", "s3cr3t,pw", "rtsp://…@cam/ch1"],
    ["concat:rtsp://u:s3cr3tpw@a/1|rtsp://u:s3cr3tpw@b/2", "s3cr3tpw", "concat:rtsp://…"],
    ["https://a.example,https://u:s3cr3tpw@b.example", "s3cr3tpw", "https://a.example,https://…@b.example"],
    ["onvif://admin:s3cr3tpw@192.0.2.4:80/live.flv", "s3cr3tpw", "onvif://…@192.0.2.4:80/live.flv"],
  ] as const
).map(([url, secrets, shown]) => ({ url, secrets: secrets.split(" "), shown }));

/** Those of its secrets that stand in a text. */
export function secretsIn(text: string, { secrets }: Pick<SecretUrl, "secrets">): readonly string[] {
  return secrets.filter((secret) => text.includes(secret));
}
