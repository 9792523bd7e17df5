/** TagType (Adobe FLV 10.1, E.4.1). */
export const TagType = { audio: 8, video: 9, script: 18 } as const;
export type TagType = (typeof TagType)[keyof typeof TagType];

/** Bytes of the FLV header and PreviousTagSize0 (E.2, E.3). */
export const headerBytes = 13;
/** Bytes of a tag before its body. */
export const tagHeaderBytes = 11;
/** Bytes of the field that follows every tag. */
export const previousTagSizeBytes = 4;
