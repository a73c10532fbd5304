import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { readBody } from "../kernel/body.ts";
import { AwsError } from "../kernel/errors.ts";
import type { Door } from "../kernel/types.ts";
import { type BlobStore, isDigest } from "./blob-store.ts";
import { manifestSizeMax } from "./manifest.ts";
import { isTag, type OnPush, putImage } from "./put-image.ts";
import type { RegistryStore } from "./store.ts";
import type { TokenIssuer } from "./token.ts";

const namePattern = "[a-z0-9]+(?:[._/-][a-z0-9]+)*";
const routes = {
  upload: new RegExp(`^/v2/(${namePattern})/blobs/uploads/([0-9a-f-]{36})$`),
  uploads: new RegExp(`^/v2/(${namePattern})/blobs/uploads/?$`),
  blob: new RegExp(`^/v2/(${namePattern})/blobs/(sha256:[0-9a-f]{64})$`),
  manifest: new RegExp(`^/v2/(${namePattern})/manifests/([^/]+)$`),
  tags: new RegExp(`^/v2/(${namePattern})/tags/list$`),
};

/** How the registry protocol calls ECR's errors. */
const protocolCodes: Record<string, [code: string, status: number]> = {
  RepositoryNotFoundException: ["NAME_UNKNOWN", 404],
  ImageNotFoundException: ["MANIFEST_UNKNOWN", 404],
  ImageTagAlreadyExistsException: ["TAG_INVALID", 400],
  ImageDigestDoesNotMatchException: ["DIGEST_INVALID", 400],
  LayersNotFoundException: ["MANIFEST_BLOB_UNKNOWN", 404],
  ReferencedImagesNotFoundException: ["MANIFEST_BLOB_UNKNOWN", 404],
  InvalidParameterException: ["MANIFEST_INVALID", 400],
  RequestEntityTooLarge: ["SIZE_INVALID", 413],
};

type RegistryDeps = { store: RegistryStore; blobs: BlobStore; tokens: TokenIssuer; now: () => number; onPush: OnPush };

const answer = (res: ServerResponse, status: number, headers: Record<string, string | number> = {}): void => {
  res.writeHead(status, { "content-length": 0, ...headers }).end();
};

const refuse = (res: ServerResponse, status: number, code: string, message: string): void => {
  const body = JSON.stringify({ errors: [{ code, message }] });
  res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
};

/**
 * The registry protocol (OCI distribution specification 1.1) as ECR speaks it: sign in with an ECR token, push and pull
 * blobs and manifests, list tags. What docker, skopeo or SAMLA's own builder push is checked by digest as it arrives.
 */
export const createRegistryDoor = (deps: RegistryDeps): Door => {
  const { store, blobs } = deps;

  const finishUpload = async (res: ServerResponse, name: string, id: string, digest: string | null): Promise<void> => {
    if (!digest || !isDigest(digest)) return refuse(res, 400, "DIGEST_INVALID", "The digest is missing or not sha256.");
    if (!(await blobs.finish(id, digest)))
      return refuse(res, 400, "DIGEST_INVALID", `The uploaded bytes do not have the digest ${digest}.`);
    store.addLayer(name, digest);
    answer(res, 201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
  };

  const startUpload = async (req: IncomingMessage, res: ServerResponse, name: string, url: URL): Promise<void> => {
    const from = url.searchParams.get("from");
    const mount = url.searchParams.get("mount");
    if (mount && from && store.hasLayer(from, mount) && blobs.has(mount)) {
      store.addLayer(name, mount);
      return answer(res, 201, { location: `/v2/${name}/blobs/${mount}`, "docker-content-digest": mount });
    }
    const id = blobs.begin();
    if (url.searchParams.has("digest")) {
      await blobs.append(id, req);
      return finishUpload(res, name, id, url.searchParams.get("digest"));
    }
    answer(res, 202, { location: `/v2/${name}/blobs/uploads/${id}`, range: "0-0", "docker-upload-uuid": id });
  };

  const continueUpload = async (
    req: IncomingMessage,
    res: ServerResponse,
    name: string,
    id: string,
    url: URL,
  ): Promise<void> => {
    const held = blobs.uploaded(id);
    if (held === undefined) return refuse(res, 404, "BLOB_UPLOAD_UNKNOWN", `There is no upload ${id}.`);
    const where = `/v2/${name}/blobs/uploads/${id}`;
    const range = (size: number): string => `0-${Math.max(size - 1, 0)}`;
    if (req.method === "GET")
      return answer(res, 204, { location: where, range: range(held), "docker-upload-uuid": id });
    if (req.method === "DELETE") {
      blobs.abandon(id);
      return answer(res, 204);
    }
    const start = /^(\d+)-\d+$/.exec(req.headers["content-range"] ?? "")?.[1];
    if (start !== undefined && Number(start) !== held) {
      req.resume();
      return answer(res, 416, { location: where, range: range(held), "docker-upload-uuid": id });
    }
    const size = await blobs.append(id, req);
    if (req.method === "PUT") return finishUpload(res, name, id, url.searchParams.get("digest"));
    answer(res, 202, { location: where, range: range(size), "docker-upload-uuid": id });
  };

  const sendBlob = async (req: IncomingMessage, res: ServerResponse, name: string, digest: string): Promise<void> => {
    if (!store.hasLayer(name, digest) || !blobs.has(digest))
      return refuse(res, 404, "BLOB_UNKNOWN", `There is no blob ${digest} in ${name}.`);
    res.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": blobs.sizeOf(digest),
      "docker-content-digest": digest,
    });
    if (req.method === "HEAD") res.end();
    else await pipeline(blobs.read(digest), res);
  };

  const handleManifest = async (
    req: IncomingMessage,
    res: ServerResponse,
    name: string,
    reference: string,
  ): Promise<void> => {
    const byDigest = isDigest(reference);
    if (req.method === "PUT") {
      const body = await readBody(req, manifestSizeMax);
      let digest: string;
      try {
        ({ digest } = putImage(deps, {
          repository: name,
          manifest: body,
          contentType: req.headers["content-type"],
          tag: byDigest ? undefined : reference,
          digest: byDigest ? reference : undefined,
        }));
      } catch (error) {
        // The same image under the same tag is no fault for a push: it may be repeated.
        if (!(error instanceof AwsError) || error.code !== "ImageAlreadyExistsException") throw error;
        digest = store.findImage(name, byDigest ? { digest: reference } : { tag: reference })?.digest ?? reference;
      }
      return answer(res, 201, { location: `/v2/${name}/manifests/${digest}`, "docker-content-digest": digest });
    }
    if (req.method !== "GET" && req.method !== "HEAD")
      return refuse(res, 405, "UNSUPPORTED", "Delete images by the API (BatchDeleteImage).");
    const image =
      byDigest || isTag(reference)
        ? store.findImage(name, byDigest ? { digest: reference } : { tag: reference })
        : undefined;
    if (!image) return refuse(res, 404, "MANIFEST_UNKNOWN", `There is no image ${reference} in ${name}.`);
    if (req.method === "GET") store.recordPull(name, image.digest, deps.now());
    res.writeHead(200, {
      "content-type": image.mediaType,
      "content-length": image.manifest.length,
      "docker-content-digest": image.digest,
    });
    res.end(req.method === "HEAD" ? undefined : image.manifest);
  };

  const sendTags = (res: ServerResponse, name: string, url: URL): void => {
    const limit = Math.min(Math.max(Number(url.searchParams.get("n") ?? 1000) || 1000, 1), 1000);
    const after = url.searchParams.get("last") ?? "";
    const all = store
      .listImages(name)
      .flatMap((image) => image.tags)
      .filter((tag) => tag > after)
      .sort();
    const tags = all.slice(0, limit);
    const body = JSON.stringify({ name, tags });
    res
      .writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...(all.length > limit && { link: `</v2/${name}/tags/list?n=${limit}&last=${tags.at(-1)}>; rel="next"` }),
      })
      .end(body);
  };

  const route = async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> => {
    const path = url.pathname;
    if (path === "/v2/" || path === "/v2")
      return answer(res, 200, { "docker-distribution-api-version": "registry/2.0" });
    const match = (pattern: RegExp): string[] | undefined => pattern.exec(path)?.slice(1);
    const name = Object.values(routes)
      .map((pattern) => match(pattern)?.[0])
      .find(Boolean);
    if (!name) return refuse(res, 404, "NAME_INVALID", `There is nothing at ${path}.`);
    store.getRepository(name);
    const upload = match(routes.upload);
    if (upload?.[1]) return continueUpload(req, res, name, upload[1], url);
    if (match(routes.uploads) && req.method === "POST") return startUpload(req, res, name, url);
    const blob = match(routes.blob);
    if (blob?.[1] && (req.method === "GET" || req.method === "HEAD")) return sendBlob(req, res, name, blob[1]);
    const manifest = match(routes.manifest);
    if (manifest?.[1]) return handleManifest(req, res, name, manifest[1]);
    if (match(routes.tags) && req.method === "GET") return sendTags(res, name, url);
    refuse(res, 405, "UNSUPPORTED", `${req.method} ${path} is not offered here.`);
  };

  return {
    prefix: "/v2/",
    async handle(req, res, url) {
      const [, name, digest] = routes.blob.exec(url.pathname) ?? [];
      const hasPass = deps.tokens.acceptsPass(`${name} ${digest}`, url.searchParams.get("pass"), deps.now());
      if (!(hasPass && req.method === "GET") && !deps.tokens.accepts(req.headers.authorization, deps.now())) {
        req.resume();
        res.setHeader("www-authenticate", 'Basic realm="SAMLA registry"');
        return refuse(res, 401, "UNAUTHORIZED", "Sign in with a token of GetAuthorizationToken.");
      }
      try {
        await route(req, res, url);
      } catch (error) {
        if (req.destroyed && !req.complete) return void res.destroy();
        if (res.headersSent) return void res.destroy();
        const [code, status] = (error instanceof AwsError && protocolCodes[error.code]) || ["UNKNOWN", 500];
        if (status === 500) console.error(error);
        refuse(res, status, code, error instanceof Error ? error.message : String(error));
      }
    },
    close: async () => undefined,
  };
};
