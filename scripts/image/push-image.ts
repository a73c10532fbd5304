import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { Blob, BuiltImage } from "./oci.ts";
import { exchange, explain, isPassing, type RegistryAnswer, RegistryError } from "./registry-http.ts";

const attemptsMax = 6;

/** Where to push and with which right. `authorization` is asked again after a 401, as tokens of ECR hold 12 hours. */
export type RegistryTarget = {
  /** Such as `https://123456789012.dkr.ecr.eu-central-1.amazonaws.com`. */
  url: string;
  repository: string;
  /** Value of the Authorization header. */
  authorization: () => Promise<string>;
  /** Repository whose layers may be mounted instead of sent again. */
  mountFrom?: string;
  /** First pause between attempts; doubles. */
  pauseMs?: number;
};

export type PushResult = {
  digest: string;
  tag: string;
  sentBytes: number;
  blobs: { digest: string; how: "there" | "mounted" | "sent" }[];
};

const streamOf = (blob: Blob, from: number): Readable =>
  "bytes" in blob
    ? Readable.from([blob.bytes.subarray(from)], { objectMode: false })
    : createReadStream(blob.file, { start: from });

/** Bytes that an upload holds, by its Range header `0-<last>`; a registry says `0-0` for none. */
const heldOf = (answer: RegistryAnswer): number => {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? "")?.[1] ?? 0);
  return last === 0 ? 0 : last + 1;
};

/**
 * Pushes an image by the registry protocol (OCI distribution specification 1.1), as ECR takes it. What the registry has is
 * not sent; an upload cut off goes on where the registry says it stands; passing faults are tried again. A repeated push of
 * the same image is no fault.
 * @throws RegistryError naming the registry's reason: a tag that is taken and immutable, an unknown repository, a refusal
 */
export const pushImage = async (
  image: BuiltImage,
  target: RegistryTarget,
  tag: string = image.tag,
): Promise<PushResult> => {
  const base = new URL(`/v2/${target.repository}/`, target.url);
  let authorization = await target.authorization();
  let sentBytes = 0;

  const call = async (
    method: string,
    where: URL | string,
    more: { headers?: Record<string, string>; body?: () => { stream: Readable; sizeBytes: number } } = {},
  ): Promise<RegistryAnswer> => {
    const url = new URL(where, base);
    const send = () =>
      exchange({
        url,
        method,
        // An upload may lie on another host, whose address carries its own right.
        headers: { ...more.headers, ...(url.host === base.host ? { authorization } : {}) },
        ...(more.body ? { body: more.body() } : {}),
      });
    const answer = await send();
    if (answer.status !== 401) return answer;
    authorization = await target.authorization();
    return send();
  };

  const expect = (answer: RegistryAnswer, statuses: readonly number[], what: string): RegistryAnswer => {
    if (statuses.includes(answer.status)) return answer;
    throw new RegistryError(answer.status, `${base.host} refused ${what}: ${explain(answer)}.`);
  };

  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error) || attempt === attemptsMax) throw error;
        await wait((target.pauseMs ?? 250) * 2 ** (attempt - 1));
      }
  };

  const locationOf = (answer: RegistryAnswer): URL => {
    if (!answer.headers.location) throw new RegistryError(answer.status, `${base.host} named no place for the upload.`);
    return new URL(answer.headers.location, base);
  };

  /** Sends what an upload lacks and closes it; the place of the upload may move with each answer. */
  const sendRest = async (blob: Blob, upload: { at: URL; held: number }): Promise<void> => {
    if (upload.held < blob.sizeBytes) {
      const answer = await call("PATCH", upload.at, {
        headers: {
          "content-type": "application/octet-stream",
          ...(upload.held > 0 ? { "content-range": `${upload.held}-${blob.sizeBytes - 1}` } : {}),
        },
        body: () => {
          const stream = streamOf(blob, upload.held);
          stream.on("data", (chunk: Buffer) => {
            sentBytes += chunk.length;
          });
          return { stream, sizeBytes: blob.sizeBytes - upload.held };
        },
      });
      expect(answer, [202, 204], `bytes of ${blob.digest}`);
      upload.at = locationOf(answer);
      upload.held = blob.sizeBytes;
    }
    const done = new URL(upload.at);
    done.searchParams.set("digest", blob.digest);
    expect(await call("PUT", done), [201, 204], `the layer ${blob.digest}`);
  };

  const sendBlob = async (blob: Blob): Promise<"there" | "mounted" | "sent"> => {
    let upload: { at: URL; held: number } | undefined;
    return patiently(async () => {
      if (upload) {
        // Cut off before: where does the registry stand? One that cannot say gets it all again.
        const state = await call("GET", upload.at);
        upload = state.status === 204 || state.status === 200 ? { at: upload.at, held: heldOf(state) } : undefined;
      }
      if (!upload) {
        const there = await call("HEAD", `blobs/${blob.digest}`);
        if (there.status === 200) return "there";
        if (there.status !== 404) expect(there, [200, 404], `to look for ${blob.digest}`);
        const mount =
          target.mountFrom === undefined ? "" : `?mount=${blob.digest}&from=${encodeURIComponent(target.mountFrom)}`;
        const started = expect(await call("POST", `blobs/uploads/${mount}`), [201, 202], "an upload");
        if (started.status === 201) return "mounted";
        upload = { at: locationOf(started), held: 0 };
      }
      try {
        await sendRest(blob, upload);
      } catch (error) {
        // The registry lost or mistook the upload: begin anew.
        if (error instanceof RegistryError && [404, 416].includes(error.status)) {
          upload = undefined;
          throw new RegistryError(0, error.message, error);
        }
        throw error;
      }
      return "sent";
    });
  };

  const blobs: PushResult["blobs"] = [];
  for (const blob of image.blobs) blobs.push({ digest: blob.digest, how: await sendBlob(blob) });
  await patiently(async () => {
    const body = () => ({
      stream: Readable.from([image.manifest], { objectMode: false }),
      sizeBytes: image.manifest.length,
    });
    const answer = await call("PUT", `manifests/${encodeURIComponent(tag)}`, {
      headers: { "content-type": image.mediaType },
      body,
    });
    if (/TAG_INVALID|immutable/i.test(answer.body))
      throw new RegistryError(
        answer.status,
        `${target.repository} has another image under the tag ${tag}, and its tags do not move. Commit the change, or choose a tag with --tag.`,
      );
    expect(answer, [201], `the manifest of ${tag}`);
    const digest = answer.headers["docker-content-digest"];
    if (digest !== undefined && digest !== image.digest)
      throw new RegistryError(
        answer.status,
        `${base.host} computed the digest ${String(digest)}, not ${image.digest}.`,
      );
  });
  return { digest: image.digest, tag, sentBytes, blobs };
};
