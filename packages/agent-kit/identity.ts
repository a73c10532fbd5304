import { z } from "zod";

/** What of the container metadata (task metadata endpoint v4 of Amazon ECS) is used. */
const Container = z.looseObject({
  Image: z.string().optional(),
  ImageID: z.string().optional(),
  Labels: z.record(z.string(), z.string()).optional(),
});

/** Which task of which image this process is; parts that nobody told it are absent. */
export type Identity = { taskId?: string; taskArn?: string; taskDefinition?: string; imageDigest?: string };

const digestPattern = /sha256:[0-9a-f]{64}/;

/**
 * Asks ECS which task and image this is. Outside ECS, or when it does not answer within two seconds, nothing is known,
 * and nothing is made up. The digest is that of the reference it was started by; `ImageID` where that names a tag.
 */
export const readIdentity = async (metadataUrl: string | undefined): Promise<Identity> => {
  if (!metadataUrl) return {};
  try {
    const response = await fetch(metadataUrl, { signal: AbortSignal.timeout(2_000), redirect: "error" });
    if (!response.ok) return {};
    const { Image, ImageID, Labels = {} } = Container.parse(await response.json());
    const taskArn = Labels["com.amazonaws.ecs.task-arn"];
    const family = Labels["com.amazonaws.ecs.task-definition-family"];
    const revision = Labels["com.amazonaws.ecs.task-definition-version"];
    const imageDigest = (digestPattern.exec(Image ?? "") ?? digestPattern.exec(ImageID ?? ""))?.[0];
    return {
      ...(taskArn ? { taskArn, taskId: taskArn.split("/").at(-1) ?? taskArn } : {}),
      ...(family && revision ? { taskDefinition: `${family}:${revision}` } : {}),
      ...(imageDigest ? { imageDigest } : {}),
    };
  } catch {
    return {};
  }
};
