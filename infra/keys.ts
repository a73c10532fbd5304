import { production } from "./stage.ts";

/** Encrypts documents, tables, images and backups. Roles get it by their own policies, so the key's policy stays AWS's default. */
export const dataKey = new aws.kms.Key("DataKey", {
  description: `SAMLA ${$app.stage}: documents, catalog, images, backups`,
  enableKeyRotation: true,
  deletionWindowInDays: production ? 30 : 7,
});
new aws.kms.Alias("DataKeyAlias", { name: `alias/${$app.name}-${$app.stage}`, targetKeyId: dataKey.keyId });

/** Two customer keys would double the cost of reading; what S3 reads much is bundled under bucket keys. */
export const encryptBucket = (name: string, bucket: sst.aws.Bucket): void => {
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}Encryption`, {
    bucket: bucket.name,
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: dataKey.arn },
        bucketKeyEnabled: true,
      },
    ],
  });
};
