/*
 * What people's ffmpeg wrote on macOS, from public threads; addresses, and lines that say nothing of devices, left out.
 */

/** `ffmpeg -f avfoundation -list_devices true -i ""`, 2017: livepeer/LivepeerDesktop issue 6. */
export const twoScreens = `
[AVFoundation input device @ 0x7fb80be0f680] AVFoundation video devices:
[AVFoundation input device @ 0x7fb80be0f680] [0] FaceTime HD Camera
[AVFoundation input device @ 0x7fb80be0f680] [1] Capture screen 0
[AVFoundation input device @ 0x7fb80be0f680] [2] Capture screen 1
[AVFoundation input device @ 0x7fb80be0f680] AVFoundation audio devices:
[AVFoundation input device @ 0x7fb80be0f680] [0] Built-in Microphone
: Input/output error
`;

/** The same, ffmpeg 3.4: cytopia/ffscreencast issue 25 (whose first line came without its prefix). */
export const elCapitan = `
AVFoundation video devices:
[AVFoundation input device @ 0x7ff80b497440] [0] CamTwist
[AVFoundation input device @ 0x7ff80b497440] [1] Built-in iSight
[AVFoundation input device @ 0x7ff80b497440] [2] CamTwist (2VUY)
[AVFoundation input device @ 0x7ff80b497440] [3] Capture screen 0
[AVFoundation input device @ 0x7ff80b497440] AVFoundation audio devices:
[AVFoundation input device @ 0x7ff80b497440] [0] Soundflower (64ch)
[AVFoundation input device @ 0x7ff80b497440] [1] Built-in Microphone
[AVFoundation input device @ 0x7ff80b497440] [2] Soundflower (2ch)
[AVFoundation input device @ 0x7ff80b497440] [3] Built-in Input
`;

/** The video part, ffmpeg 9.0.1: ChurchPresenter/ChurchPresenter pull request 438 (which shows it without prefixes). */
export const virtualCameras = `
AVFoundation video devices:
[0] Meld Studio Virtual Camera
[1] OBS Virtual Camera
[2] USB3 Video
[3] NDI Virtual Camera
[4] Capture screen 0
[5] Capture screen 1
`;

/** Not recorded: the form that avf_log_device_entry of an ffmpeg newer than 9.0 prints, with made-up devices. */
export const withIds = `
[AVFoundation indev @ 0x600002a4c000] AVFoundation video devices:
[AVFoundation indev @ 0x600002a4c000] [0] FaceTime HD Camera  [uid:47B4B64B-7067-4B9C-AD2B-AE273A71F4B5]
[AVFoundation indev @ 0x600002a4c000] [1] USB Camera  [uid:0x14200000c45636b] [serial:SN0001]
[AVFoundation indev @ 0x600002a4c000] [2] Capture screen 0
[AVFoundation indev @ 0x600002a4c000] AVFoundation audio devices:
[AVFoundation indev @ 0x600002a4c000] [0] MacBook Pro Microphone  [uid:BuiltInMicrophoneDevice]
[in#0 @ 0x600002b48000] Error opening input: Input/output error
`;

/** `ffprobe -f avfoundation -video_size 640x480 -framerate 24 -i "FaceTime HD Camera"`: AlexxIT/go2rtc pull request 477. */
export const faceTimeModes = `
[avfoundation @ 0x7fbabf104080] Selected framerate (24.000000) is not supported by the device.
[avfoundation @ 0x7fbabf104080] Supported modes:
[avfoundation @ 0x7fbabf104080]   1920x1080@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   1280x720@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   1080x1920@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   1760x1328@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   640x480@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   1328x1760@[1.000000 30.000000]fps
[avfoundation @ 0x7fbabf104080]   1552x1552@[1.000000 30.000000]fps
FaceTime HD Camera: Input/output error
`;

/** The beginning of what an HDMI capture stick sends: sipeed/NanoKVM-USB issue 99. */
export const nanoKvmModes = `
[avfoundation @ 0x123456789] Selected framerate (29.970030) is not supported by the device.
[avfoundation @ 0x123456789] Supported modes:
[avfoundation @ 0x123456789]   640x480@[60.000240 60.000240]fps
[avfoundation @ 0x123456789]   640x480@[30.000030 30.000030]fps
[avfoundation @ 0x123456789]   640x480@[20.000000 20.000000]fps
[avfoundation @ 0x123456789]   640x480@[10.000000 10.000000]fps
[avfoundation @ 0x123456789]   640x480@[60.000240 60.000240]fps
[avfoundation @ 0x123456789]   640x480@[50.000000 50.000000]fps
[avfoundation @ 0x123456789]   720x480@[60.000240 60.000240]fps
[avfoundation @ 0x123456789]   720x480@[30.000030 30.000030]fps
[avfoundation @ 0x123456789]   720x480@[20.000000 20.000000]fps
[avfoundation @ 0x123456789]   720x480@[10.000000 10.000000]fps
[avfoundation @ 0x123456789]   720x480@[50.000000 50.000000]fps
`;

/** `ffmpeg -f avfoundation -s 1x1 -i "A4 TECH HD PC Camera":none`: tuarua/AVANE issue 5. */
export const a4techModes = `
[avfoundation @ 0x7faf9b80fa00] Selected video size (1x1) is not supported by the device
[avfoundation @ 0x7faf9b80fa00] Supported modes:
[avfoundation @ 0x7faf9b80fa00]   352x288@[30.000030 30.000030]fps
[avfoundation @ 0x7faf9b80fa00]   640x480@[30.000030 30.000030]fps
[avfoundation @ 0x7faf9b80fa00]   1280x720@[30.000030 30.000030]fps
[avfoundation @ 0x7faf9b80fa00]   1280x960@[14.999993 14.999993]fps
[avfoundation @ 0x7faf9b80fa00]   1920x1080@[30.000030 30.000030]fps
[avfoundation @ 0x7faf9b80fa00]   352x288@[30.000030 30.000030]fps
`;
