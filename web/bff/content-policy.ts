import "server-only";

/**
 * Hashes of the two states of the style element that the toast library adds by itself: empty, then filled.
 * A test recomputes the second from the installed version.
 */
export const toastStyleHashes = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='",
] as const;

/**
 * The content security policy of a page. Scripts run only with this request's nonce (or loaded by one that did);
 * `wasm-unsafe-eval` lets WebAssembly compile (hashing of uploads, PDF images) and nothing else.
 */
export const contentPolicy = ({
  nonce,
  connectOrigins,
  formOrigins,
  development = false,
}: {
  nonce: string;
  connectOrigins: readonly string[];
  /** Where forms may lead besides here: to the issuer, for signing out. */
  formOrigins: readonly string[];
  development?: boolean;
}): string => {
  const pictures = connectOrigins.filter((origin) => /^https?:/.test(origin)).join(" ");
  const rules: [string, string][] = [
    ["default-src", "'self'"],
    ["script-src", `'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${development ? " 'unsafe-eval'" : ""}`],
    ["style-src", `'self' 'nonce-${nonce}' ${toastStyleHashes.join(" ")}`],
    // Attributes only: they can neither run nor load anything that img-src and font-src do not allow.
    ["style-src-attr", "'unsafe-inline'"],
    ["img-src", `'self' blob: data: ${pictures}`],
    ["font-src", "'self' data:"],
    ["connect-src", `'self' ${connectOrigins.join(" ")}${development ? " ws:" : ""}`],
    ["worker-src", "'self' blob:"],
    ["frame-src", "'self' blob:"],
    ["object-src", "'none'"],
    ["base-uri", "'none'"],
    ["form-action", ["'self'", ...formOrigins].join(" ")],
    ["frame-ancestors", "'none'"],
  ];
  return rules.map(([name, value]) => `${name} ${value.trim()}`).join("; ");
};

/** The policy of answers that are no pages: nothing in them may load, run or be framed. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Headers of every response. */
export const securityHeaders = (isHttps: boolean): Record<string, string> => ({
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
  ...(isHttps ? { "strict-transport-security": "max-age=63072000; includeSubDomains" } : {}),
});
