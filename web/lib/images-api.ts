import type { ImageCallInput, ImageCallOutput } from "@samla/contracts";
import { createTransportOf, type ImageEndpointId, imageEndpointOf, type TransportInput } from "@samla/contracts/plain";
import { leaveWhenSignedOut } from "./api.ts";
import { csrfHeader, csrfValue } from "./csrf.ts";

const transport = createTransportOf<ImageEndpointId>(
  { baseUrl: "/api", timeoutMs: 60_000, headers: () => ({ [csrfHeader]: csrfValue }) },
  imageEndpointOf,
);

/**
 * Calls one of the console's own routes for images, typed by their table.
 * Throws `ApiError`; when the session is over it also leads to the sign-in page.
 */
export const callImages = async <Id extends ImageEndpointId>(
  id: Id,
  input: ImageCallInput<Id>,
): Promise<ImageCallOutput<Id>> => {
  try {
    return (await transport(id, input as TransportInput)) as ImageCallOutput<Id>;
  } catch (error) {
    leaveWhenSignedOut(error);
    throw error;
  }
};
