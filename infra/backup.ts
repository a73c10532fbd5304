import { trustOf } from "./defaults.ts";
import { dataKey } from "./keys.ts";
import { nameOf, production, settings } from "./stage.ts";
import { catalog, documents } from "./storage.ts";

/** Catalog and documents of one moment, kept apart from them. Sessions and the engine's tables are not: they are made anew. */
const vault = new aws.backup.Vault("BackupVault", {
  name: nameOf("backups"),
  kmsKeyArn: dataKey.arn,
  forceDestroy: !production,
});

if (settings.vaultLockDays > 0)
  new aws.backup.VaultLockConfiguration("BackupVaultLock", {
    backupVaultName: vault.name,
    minRetentionDays: settings.vaultLockDays,
    // Until then the lock can be taken off; afterwards by nobody, AWS included.
    changeableForDays: 14,
  });

const keepDays = production ? 35 : 7;
const plan = new aws.backup.Plan("BackupPlan", {
  name: nameOf("backups"),
  rules: [
    {
      ruleName: "daily",
      targetVaultName: vault.name,
      schedule: "cron(0 3 * * ? *)",
      startWindow: 60,
      completionWindow: 480,
      lifecycle: { deleteAfter: keepDays },
    },
    ...(production
      ? [
          {
            ruleName: "monthly",
            targetVaultName: vault.name,
            schedule: "cron(0 4 1 * ? *)",
            startWindow: 60,
            completionWindow: 1440,
            lifecycle: { deleteAfter: 400 },
          },
        ]
      : []),
  ],
});

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const role = new aws.iam.Role("BackupRole", {
  name: nameOf("backup"),
  assumeRolePolicy: trustOf("backup.amazonaws.com"),
  managedPolicyArns: [
    managed("service-role/AWSBackupServiceRolePolicyForBackup"),
    managed("service-role/AWSBackupServiceRolePolicyForRestores"),
    managed("AWSBackupServiceRolePolicyForS3Backup"),
    managed("AWSBackupServiceRolePolicyForS3Restore"),
  ],
});

new aws.backup.Selection("BackupSelection", {
  name: "catalog-and-documents",
  planId: plan.id,
  iamRoleArn: role.arn,
  resources: [catalog.arn, documents.arn],
});
