import "server-only";

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether the console and its people share a machine, so that bytes on the way cost nothing. */
export const isOnLoopback = (publicUrl: string): boolean => loopbackNames.has(new URL(publicUrl).hostname);

/**
 * On a laptop, cookies and redirect URIs know one name of the machine only: whoever comes by another of its names
 * (localhost for 127.0.0.1) is led to the public one. Undefined when there is nothing to do, as always in the cloud.
 */
export const otherLoopbackUrl = (host: string | null, publicUrl: string, path: string): string | undefined => {
  const wanted = new URL(publicUrl);
  if (!host || host === wanted.host || !loopbackNames.has(wanted.hostname)) return undefined;
  const name = host.replace(/:\d+$/, "");
  const port = /:(\d+)$/.exec(host)?.[1] ?? "";
  // A path of two slashes would be read as another host.
  const own = path.replace(/^[/\\]+/, "/");
  return loopbackNames.has(name) && port === wanted.port ? new URL(own, wanted).href : undefined;
};
