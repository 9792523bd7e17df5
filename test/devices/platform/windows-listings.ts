/* What people's ffmpeg wrote on Windows, from public threads; lines that say nothing of devices left out. */

/** `ffmpeg -list_devices true -f dshow -i dummy`, ffmpeg before 5: wang-bin/QtAV issue 755. */
export const headers = String.raw`
[dshow @ 000000000065c500] DirectShow video devices (some may be both video and audio devices)
[dshow @ 000000000065c500]  "USB 2861 Device"
[dshow @ 000000000065c500]     Alternative name "@device_pnp_\\?\usb#vid_eb1a&pid_5051&mi_00#6&1298c10a&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\{54353d15-e717-4d94-b574-685ce1a209e9}"
[dshow @ 000000000065c500]  "FaceTime HD Camera"
[dshow @ 000000000065c500]     Alternative name "@device_pnp_\\?\pci#ven_14e4&dev_1570&subsys_157014e4&rev_00#000000ffff00000000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 000000000065c500] DirectShow audio devices
[dshow @ 000000000065c500]  "Headset Microphone (Cirrus Logic CS4208 (AB 94))"
[dshow @ 000000000065c500]     Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{236214EE-E87B-4088-895B-523B69D536D0}"
dummy: Immediate exit requested
`;

/** The same, ffmpeg 1.0: the page DirectShow of ffmpeg's wiki. No alternative names, microphones cut at 31 letters. */
export const oldest = `
[dshow @ 03ACF580] DirectShow video devices
[dshow @ 03ACF580]  "Integrated Camera"
[dshow @ 03ACF580]  "screen-capture-recorder"
[dshow @ 03ACF580] DirectShow audio devices
[dshow @ 03ACF580]  "Internal Microphone (Conexant 2"
[dshow @ 03ACF580]  "virtual-audio-capturer"
dummy: Immediate exit requested
`;

/** The same, ffmpeg of March 2026, with two kinds of prefix: ShareX/ShareX pull request 8442. */
export const twoPrefixes = String.raw`
[in#0 @ 000001bd07e70b00] "screen-capture-recorder" (video)
[in#0 @ 000001bd07e70b00]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{4EA69364-2C8A-4AE6-A561-56E4B5044439}"
[dshow @ 000002798dd4fb80] "virtual-audio-capturer" (audio)
[dshow @ 000002798dd4fb80]   Alternative name "@device_sw_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\{8E146464-DB61-4309-AFA1-3578E927E935}"
[in#0 @ 000001bd07e70b00] Error opening input: I/O error
`;

/** Not recorded: the form that dshow_cycle_devices of ffmpeg 5 and newer prints, with made-up devices. */
export const suffixes = String.raw`
[dshow @ 000001f2a1b2c3d0] "HD Pro Webcam C920" (video)
[dshow @ 000001f2a1b2c3d0]   Alternative name "@device_pnp_\\?\usb#vid_046d&pid_082d&mi_00#7&10a84933&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 000001f2a1b2c3d0] "OBS Virtual Camera" (none)
[dshow @ 000001f2a1b2c3d0]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
[dshow @ 000001f2a1b2c3d0] "Game Capture HD60 S" (audio, video)
[dshow @ 000001f2a1b2c3d0]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{39F50F4C-99E1-464A-B6F9-D605B4FB5918}"
[dshow @ 000001f2a1b2c3d0] "Microphone (HD Pro Webcam C920)" (audio)
[dshow @ 000001f2a1b2c3d0]   Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{B1F1A5C0-0000-0000-0000-000000000001}"
[dshow @ 000001f2a1b2c3d0] "Stereo Mix (Realtek(R) Audio)" (none)
[dshow @ 000001f2a1b2c3d0]   Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{B1F1A5C0-0000-0000-0000-000000000002}"
dummy: Immediate exit requested
`;

/** The beginning of `ffmpeg -f dshow -list_options true -i video="HD Pro Webcam C920"`: Speykious/SeeShark issue 33. */
export const c920Modes = `
[dshow @ 000001781c263740] DirectShow video device options (from video devices)
[dshow @ 000001781c263740]  Pin "Capture" (alternative pin name "0")
[dshow @ 000001781c263740]   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30
[dshow @ 000001781c263740]   pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30
[dshow @ 000001781c263740]   pixel_format=yuyv422  min s=160x90 fps=5 max s=160x90 fps=30
[dshow @ 000001781c263740]   pixel_format=yuyv422  min s=160x90 fps=5 max s=160x90 fps=30
`;

/** Some of another camera's, with colours, since ffmpeg 5: SuRGeoNix/Flyleaf issue 299. */
export const colouredModes = `
[dshow @ 00000184176a8080]   vcodec=mjpeg  min s=640x480 fps=30 max s=640x480 fps=30
[dshow @ 00000184176a8080]   vcodec=mjpeg  min s=640x480 fps=30 max s=640x480 fps=30 (pc, bt470bg/bt709/unknown, center)
[dshow @ 00000184176a8080]   vcodec=mjpeg  min s=160x120 fps=30 max s=160x120 fps=30
`;
