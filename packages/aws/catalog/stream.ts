import { unmarshall } from "@aws-sdk/util-dynamodb";
import { TimelineEvent } from "@samla/contracts";

type StreamRecord = {
  eventName?: string | undefined;
  dynamodb?: { NewImage?: Record<string, unknown> | undefined } | undefined;
};

/** The timeline events that records of the catalog's change stream have added. */
export const readAddedEvents = (records: readonly StreamRecord[]): TimelineEvent[] =>
  records.flatMap((record) => {
    const image = record.eventName === "INSERT" ? record.dynamodb?.NewImage : undefined;
    if (!image) return [];
    const row = unmarshall(image as Parameters<typeof unmarshall>[0]);
    const parsed =
      typeof row.pk === "string" && row.pk.startsWith("EVENTS#") ? TimelineEvent.safeParse(row.it) : undefined;
    return parsed?.success ? [parsed.data] : [];
  });
