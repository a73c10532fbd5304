export type Repository = {
  /** Of the registry. */
  url: string;
  name: string;
  /** Of ECR; absent for the laptop's registry. */
  region: string | undefined;
};

/**
 * Reads `<registry>/<repository>`: ECR, or a stand-in on this machine. Others are not pushed to: they know other rights.
 * @throws Error saying what is expected
 */
export const parseRepository = (text: string): Repository => {
  const [, host = "", name = ""] = /^(?:https?:\/\/)?([^/]+)\/([a-z0-9][a-z0-9._/-]*)$/.exec(text) ?? [];
  const region = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
  if (region !== undefined) return { url: `https://${host}`, name, region };
  if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) && name !== "")
    return { url: `http://${host}`, name, region: undefined };
  throw new Error(
    `${text} is no repository of ECR or of this machine. Write <account>.dkr.ecr.<region>.amazonaws.com/<repository> or 127.0.0.1:4566/<repository>, without a tag.`,
  );
};
