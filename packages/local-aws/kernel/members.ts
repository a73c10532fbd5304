import { createNotImplementedError } from "./errors.ts";

/**
 * Refuses what an operation would silently leave undone.
 * @throws AwsError 501 `NotImplemented` naming the first member that is not among `known`
 */
export function assertKnownMembers(
  service: string,
  operation: string,
  input: Record<string, unknown>,
  known: readonly string[],
): void {
  for (const [member, value] of Object.entries(input)) {
    if (value === undefined || value === null || known.includes(member)) continue;
    throw createNotImplementedError(service, `${operation} with ${member}`);
  }
}
