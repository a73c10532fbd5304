import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, type Provider } from "oidc-provider";
import { readBody } from "../kernel/body.ts";
import type { Accounts } from "./accounts.ts";
import type { AttemptLimiter } from "./attempts.ts";
import { renderLoginPage, renderMessagePage } from "./pages.ts";
import { sendPage } from "./responses.ts";

const MAX_FORM_BYTES = 8 * 1024;

export type LoginDeps = {
  provider: Provider;
  accounts: Accounts;
  attempts: AttemptLimiter;
  /** Origin people reach the issuer at; forms from elsewhere are refused. */
  publicOrigin: string;
  formTargets: readonly string[];
  /** Where the product is, for a page that has expired. */
  homeUrl: string | undefined;
};

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, MAX_FORM_BYTES)).toString("utf8"));
}

/** Answers `login/{uid}`: GET shows the form (`?fill=` fills in an account), POST checks the password. */
export async function handleLogin(deps: LoginDeps, req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
  try {
    await deps.provider.interactionDetails(req, res);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    const page = renderMessagePage(
      "This sign-in has expired",
      "It was finished already, took too long, or began in another browser. Start again from SAMLA.",
      deps.homeUrl === undefined ? undefined : { href: deps.homeUrl, label: "Back to SAMLA" },
    );
    sendPage(res, { page, statusCode: 400, formTargets: [] });
    return;
  }
  if (req.method === "POST") return submitLogin(deps, req, res);
  if (req.method !== "GET" && req.method !== "HEAD") {
    res.writeHead(405, { allow: "GET, POST" }).end();
    return;
  }
  const filled = deps.accounts.findByUsername(url.searchParams.get("fill") ?? "");
  const page = renderLoginPage({
    users: deps.accounts.users,
    username: filled?.username ?? "",
    password: filled?.password ?? "",
  });
  sendPage(res, { page, formTargets: deps.formTargets });
}

async function submitLogin(deps: LoginDeps, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { origin } = req.headers;
  if (origin !== undefined && origin !== deps.publicOrigin) {
    const page = renderMessagePage("Sign-in refused", `This form was sent from ${origin}, not from SAMLA's sign-in.`);
    sendPage(res, { page, statusCode: 403, formTargets: [] });
    return;
  }
  const form = await readForm(req);
  const username = form.get("username") ?? "";
  const fail = (statusCode: number, error: string, headers?: Record<string, string>) =>
    sendPage(res, {
      page: renderLoginPage({ users: deps.accounts.users, username, password: "", error }),
      statusCode,
      formTargets: deps.formTargets,
      ...(headers && { headers }),
    });
  const waitSeconds = deps.attempts.secondsToWait(username, Date.now());
  if (waitSeconds > 0) {
    fail(429, `Too many wrong passwords for this username. Try again in ${waitSeconds} seconds.`, {
      "retry-after": String(waitSeconds),
    });
    return;
  }
  const user = deps.accounts.verifyPassword(username, form.get("password") ?? "");
  if (!user) {
    deps.attempts.noteFailure(username, Date.now());
    fail(400, "Username or password is wrong. Check both and try again.");
    return;
  }
  deps.attempts.clear(username);
  await deps.provider.interactionFinished(
    req,
    res,
    { login: { accountId: user.sub, amr: ["pwd"] } },
    { mergeWithLastSubmission: false },
  );
}
