import { AwsError } from "../kernel/errors.ts";
import type { Identity } from "../kernel/types.ts";

/** How repositories are called in ARNs, addresses and page cursors. */
export type Names = {
  registryId: string;
  arnOf(repository: string): string;
  nameOfArn(arn: string): string;
  /** What containers name as their image, such as `127.0.0.1:4566/samla/answer`. */
  uriOf(repository: string): string;
  makeCursor(after: string): string;
  readCursor(token: string | undefined): string;
};

export const createNames = (identity: Identity, publicUrl: string): Names => {
  const prefix = `arn:aws:ecr:${identity.region}:${identity.accountId}:repository/`;
  return {
    registryId: identity.accountId,
    arnOf: (repository) => `${prefix}${repository}`,
    nameOfArn: (arn) => {
      if (!arn.startsWith(prefix)) throw new AwsError("InvalidParameterException", `${arn} is no repository of here.`);
      return arn.slice(prefix.length);
    },
    uriOf: (repository) => `${new URL(publicUrl).host}/${repository}`,
    makeCursor: (after) => Buffer.from(after).toString("base64url"),
    readCursor: (token) => (token === undefined ? "" : Buffer.from(token, "base64url").toString("utf8")),
  };
};
