import { settings } from "./stage.ts";

/**
 * CloudFront in front of the console. It is made before everything that must know the console's address (sign-in,
 * the bucket's CORS, the console itself), which breaks what would be a circle.
 */
const securityHeaders = new aws.cloudfront.ResponseHeadersPolicy("SecurityHeaders", {
  comment: `SAMLA ${$app.stage}: also for answers that do not come from the console`,
  securityHeadersConfig: {
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: "DENY", override: true },
    referrerPolicy: { referrerPolicy: "same-origin", override: false },
    strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
  },
  customHeadersConfig: {
    items: [
      {
        header: "permissions-policy",
        value: "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        override: false,
      },
    ],
  },
});

export const router = new sst.aws.Router("Console", {
  ...(settings.domain ? { domain: settings.domain } : {}),
  // The function's address answers CloudFront only. Bodies are signed at the edge, which limits them to 1 MB:
  // files never pass here, they go to S3 by presigned addresses.
  protection: "oac-with-edge-signing",
  waf: {
    rateLimitPerIp: 2_000,
    // Search text and document names are data that this rule set takes for attacks; nothing here speaks SQL.
    managedRules: { coreRuleSet: true, knownBadInputs: true, sqlInjection: false },
    logging: { include: "blocked", retention: settings.logRetention },
  },
  transform: {
    cdn: (args) => {
      args.defaultCacheBehavior = $output(args.defaultCacheBehavior).apply((behavior) => ({
        ...behavior,
        responseHeadersPolicyId: securityHeaders.id,
      }));
      args.transform = { distribution: { httpVersion: "http2and3" } };
    },
  },
});
