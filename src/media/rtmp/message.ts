/** Message Type Id (Adobe RTMP 1.0: 5.4 for 1 to 6 but 4, which is in 6.2; 7.1 for the others). */
export const MessageType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  dataAmf0: 18,
  commandAmf0: 20,
  aggregate: 22,
} as const;

/** Event types of User Control messages (7.1.7). */
export const UserControl = {
  streamBegin: 0,
  streamEof: 1,
  setBufferLength: 3,
  pingRequest: 6,
  pingResponse: 7,
} as const;

/** A whole message (6.1), of any type. */
export interface RtmpMessage {
  readonly type: number;
  readonly streamId: number;
  /** Milliseconds, 0 … 2^32 - 1. */
  readonly timestampMs: number;
  /** A view into what was received, where the message lies in it in one piece. */
  readonly body: Uint8Array;
}
