import { roles } from "../packages/contracts/roles.ts";
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
