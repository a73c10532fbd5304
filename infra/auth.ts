import { roles } from "../packages/contracts/roles.ts";
import { dataKey } from "./keys.ts";
import { router } from "./router.ts";
import { nameOf, production, region } from "./stage.ts";

/** People. Accounts are made by an administrator; groups are roles. */
export const userPool = new sst.aws.CognitoUserPool("Users", {
  usernames: ["email"],
  mfa: "optional",
  softwareToken: true,
  advancedSecurity: "enforced",
  domain: { prefix: nameOf("sign-in") },
  transform: {
    userPool: {
      name: nameOf("users"),
      deletionProtection: production ? "ACTIVE" : "INACTIVE",
      userPoolTier: "PLUS",
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: false,
        temporaryPasswordValidityDays: 3,
      },
    },
  },
});

for (const role of roles)
  new aws.cognito.UserGroup(`Role${role}`, {
    userPoolId: userPool.id,
    name: role,
    description: `SAMLA role: ${role}`,
    precedence: roles.length - roles.indexOf(role),
  });

const client = (args: Partial<aws.cognito.UserPoolClientArgs>) => ({
  explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  preventUserExistenceErrors: "ENABLED",
  enableTokenRevocation: true,
  accessTokenValidity: 15,
  idTokenValidity: 15,
  refreshTokenValidity: 30,
  tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
  ...args,
});

/** The console: code flow with PKCE. It is a server, so it has a secret besides. */
export const consoleClient = userPool.addClient("ConsoleClient", {
  callbackUrls: [$interpolate`${router.url}/auth/callback`],
  transform: {
    client: client({
      name: nameOf("console"),
      generateSecret: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "profile", "email"],
      logoutUrls: [$interpolate`${router.url}/`, $interpolate`${router.url}/sign-in`],
    }),
  },
});

export const issuerUrl = $interpolate`https://cognito-idp.${region}.amazonaws.com/${userPool.id}`;
/** Cognito's access tokens carry no audience; tokens of other issuers must carry this. */
export const audience = "https://samla.dev/api";

/** Scopes of the API are named after roles; the authorizer gives a machine the roles that its scopes name. */
const apiScopes = new aws.cognito.ResourceServer("ApiScopes", {
  userPoolId: userPool.id,
  identifier: audience,
  name: nameOf("api"),
  scopes: roles.map((role) => ({ scopeName: role, scopeDescription: `SAMLA role: ${role}` })),
});

/** The account of the agent `sync`: client credentials with the role of an editor, and no way to sign a person in. */
const syncClient = new aws.cognito.UserPoolClient(
  "SyncClient",
  {
    userPoolId: userPool.id,
    name: nameOf("sync"),
    generateSecret: true,
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ["client_credentials"],
    allowedOauthScopes: [`${audience}/editor`],
    explicitAuthFlows: [],
    preventUserExistenceErrors: "ENABLED",
    enableTokenRevocation: true,
    accessTokenValidity: 15,
    tokenValidityUnits: { accessToken: "minutes" },
  },
  { dependsOn: [apiScopes] },
);

/** What the task of `sync` starts with, as its release's `SecretArn`; nobody needs to read it. */
const syncSecret = new aws.secretsmanager.Secret("SyncCredentials", {
  name: `${$app.name}/${$app.stage}/agents/sync`,
  description: "Client credentials of the agent sync",
  kmsKeyId: dataKey.arn,
  recoveryWindowInDays: production ? 30 : 0,
});
new aws.secretsmanager.SecretVersion("SyncCredentialsValue", {
  secretId: syncSecret.id,
  secretString: $jsonStringify({
    clientId: syncClient.id,
    clientSecret: syncClient.clientSecret,
    issuerUrl,
    scope: `${audience}/editor`,
  }),
});
