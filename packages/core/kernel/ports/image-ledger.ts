import type { EventActor, Quarantine } from "@samla/contracts";
import type { NewEvent } from "./records.ts";

/** A deleted image that can still be restored. */
export type QuarantinedImage = Quarantine & {
  agent: string;
  digest: string;
  /** Its tags are taken off: one that it has from then on was given by a push. */
  isSettled: boolean;
};

/** What a repository was last seen to hold: tags by digest. */
export type SeenImages = { tags: Record<string, string[]>; revision: number };

/** What SAMLA remembers of images beside the registry. */
export interface ImageLedger {
  listQuarantined(agent: string): Promise<QuarantinedImage[]>;
  getQuarantined(agent: string, digest: string): Promise<QuarantinedImage | undefined>;
  /** False when the image is in quarantine already. */
  addQuarantined(image: QuarantinedImage, event: NewEvent, actor: EventActor): Promise<boolean>;
  /** Notes that the tags are taken off; does nothing for an image that is no longer in quarantine. */
  settleQuarantined(agent: string, digest: string): Promise<void>;
  /** False when somebody else ended it before. */
  endQuarantined(agent: string, digest: string, event: NewEvent, actor: EventActor): Promise<boolean>;
  getSeen(agent: string): Promise<SeenImages | undefined>;
  /** False when it is no longer at `seen.revision - 1`; then no event is written either. At most 90 events. */
  putSeen(agent: string, seen: SeenImages, events: readonly NewEvent[], actor: EventActor): Promise<boolean>;
}
