import { createHash, randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { Page } from "./pages.ts";
import { STYLE } from "./style.ts";

const STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

export type PageAnswer = {
  page: Page;
  statusCode?: number;
  /** Origins a form on the page may lead to, redirects included: Chromium checks `form-action` on those too. */
  formTargets: readonly string[];
  headers?: Record<string, string>;
};

/** A page under a policy that allows its own style, its forms, and nothing else. */
export function composePage({ page, statusCode = 200, formTargets, headers }: PageAnswer) {
  const nonce = randomBytes(16).toString("base64");
  const html = page({ scriptNonce: nonce });
  const usesScript = html.includes(`nonce="${nonce}"`);
  return {
    statusCode,
    html,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": [
        "default-src 'none'",
        `style-src ${STYLE_HASH}`,
        "img-src data:",
        ...(usesScript ? [`script-src 'nonce-${nonce}'`] : []),
        `form-action ${["'self'", ...formTargets].join(" ")}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      ...headers,
    },
  };
}

export function sendPage(res: ServerResponse, answer: PageAnswer): void {
  const { statusCode, headers, html } = composePage(answer);
  res.writeHead(statusCode, { ...headers, "content-length": Buffer.byteLength(html) }).end(html);
}

/** As the answer of the provider, which still sets its cookies afterwards. */
export function answerPage(ctx: KoaContextWithOIDC, answer: PageAnswer): void {
  const { statusCode, headers, html } = composePage(answer);
  ctx.status = statusCode;
  ctx.set(headers);
  ctx.body = html;
}
