/** The live tail of an agent's log over the WebSocket of the timeline: its limits, and the place in a log. */
export const tailLimits = {
  /** A turn ends before API Gateway gives up waiting for the function (29 s); the browser then asks for the next one. */
  turnMs: 25_000,
  everyMs: 1_000,
  /** What one round shows at most; the rest is counted and said to be skipped. */
  linesMax: 500,
  sizeBytesMax: 400_000,
  /** Below the 32 KB of a frame at API Gateway; a message may have 128 KB, but who sends it has to cut it into frames. */
  messageSizeBytesMax: 30_000,
  /** What one round reads at most; beyond it the tail goes on at the newest line. */
  readLinesMax: 10_000,
  readPagesMax: 3,
  /** CloudWatch may show a line some seconds after a younger one of another task. */
  overlapMs: 10_000,
  /** How far back a tail begins again after a break. */
  backMs: 3_600_000,
  tailsPerConnection: 8,
} as const;

/** A place in a log: all up to the line `id` of `atMs` was read; nothing before `floorMs` is wanted again. */
export type TailPosition = { atMs: number; floorMs: number; id: string };

export const writeTailPosition = ({ atMs, floorMs, id }: TailPosition): string => `${atMs}.${floorMs}.${id}`;

export const readTailPosition = (text: string | undefined): TailPosition | undefined => {
  const [, atMs, floorMs, id] = /^(\d{1,15})\.(\d{1,15})\.(.{0,256})$/.exec(text ?? "") ?? [];
  return atMs === undefined || id === undefined ? undefined : { atMs: Number(atMs), floorMs: Number(floorMs), id };
};
