const segment = /^[a-z0-9][A-Za-z0-9_-]{0,99}$/;
const separator = ".";

/**
 * The engine's name of a table given as a path of slugs and ids, such as `manual/bld_01`.
 * Nothing but letters, digits, `_` and `-` passes, so a name can never leave the engine's folder or prefix.
 */
export function encodeTableName(table: string): string {
  const segments = table.split("/");
  if (segments.length > 3 || !segments.every((part) => segment.test(part))) {
    throw new Error(
      `The table name ${JSON.stringify(table.slice(0, 120))} is not one to three slugs or ids joined by "/".`,
    );
  }
  return segments.join(separator);
}

/** The path of slugs and ids that a stored name was made from, or undefined for a foreign name. */
export function decodeTableName(name: string): string | undefined {
  const segments = name.split(separator);
  return segments.length <= 3 && segments.every((part) => segment.test(part)) ? segments.join("/") : undefined;
}
