import { isVersioned } from "./commit.ts";
import { assertTags } from "./object-headers.ts";
import { readText } from "./receive-body.ts";
import { answerEmpty, answerXml, type S3Request, versionHeader } from "./request.ts";
import { getBucket, getObjectVersion, type S3Context } from "./store.ts";
import { getXml, getXmlList, getXmlText, parseXml } from "./xml.ts";

/** The tags of a Tagging document. */
export function readTagging(xml: string): Record<string, string> {
  const set = getXml(parseXml(xml, "Tagging"), "TagSet");
  return assertTags(
    getXmlList(set, "Tag").map((tag) => [getXmlText(tag, "Key") ?? "", getXmlText(tag, "Value") ?? ""]),
  );
}

export const describeTags = (tags: Record<string, string>) => ({
  TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
});

function getTarget(ctx: S3Context, request: S3Request) {
  const bucket = getBucket(ctx.db, request.bucketName);
  const object = getObjectVersion(ctx.db, bucket.name, request.key, request.params.get("versionId"));
  return { object, headers: versionHeader(object.version, isVersioned(bucket)) };
}

export function getObjectTagging(ctx: S3Context, request: S3Request): void {
  const { object, headers } = getTarget(ctx, request);
  answerXml(request, "Tagging", describeTags(object.tags), headers);
}

export async function putObjectTagging(ctx: S3Context, request: S3Request): Promise<void> {
  const tags = readTagging(await readText(request));
  const { object, headers } = getTarget(ctx, request);
  ctx.db.run("UPDATE object SET tags=? WHERE id=?", JSON.stringify(tags), object.id);
  answerEmpty(request, 200, headers);
}

export function deleteObjectTagging(ctx: S3Context, request: S3Request): void {
  const { object, headers } = getTarget(ctx, request);
  ctx.db.run("UPDATE object SET tags='{}' WHERE id=?", object.id);
  answerEmpty(request, 204, headers);
}
