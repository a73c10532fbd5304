import type { ImageCallInput, ImageCallOutput } from "@samla/contracts";
import type { ImageEndpointId } from "@samla/contracts/plain";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { callImages } from "../../lib/images-api.ts";
import { imageKeys } from "./keys.ts";

export type ImageVerb = Extract<
  ImageEndpointId,
  | "images.scan"
  | "images.delete"
  | "images.restore"
  | "images.setGate"
  | "images.waive"
  | "images.endWaiver"
  | "images.setLifecycle"
>;

/** Does one thing to an image or its repository. Afterwards everything that shows images is asked for again. */
export const useImageVerb = <Id extends ImageVerb>(id: Id) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ImageCallInput<Id>): Promise<ImageCallOutput<Id>> => callImages(id, input),
    onSettled: () => client.invalidateQueries({ queryKey: imageKeys.all }),
  });
};
