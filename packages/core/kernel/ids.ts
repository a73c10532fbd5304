import { monotonicFactory } from "ulid";

/** Makes ids that sort by time, also within one millisecond of one process. */
export const createIds = (): ((prefix: string) => string) => {
  const next = monotonicFactory();
  return (prefix) => `${prefix}_${next()}`;
};
