import type { IssuerUser } from "./accounts.ts";
import { STYLE } from "./style.ts";

/** A whole HTML document, made for the nonce of its answer. */
export type Page = (options: { scriptNonce: string }) => string;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

// Sheets gathered into one: the product collects documents.
/** The mark: lines of a page, one of them marked. */
const MARK = `<svg class="mark" viewBox="0 0 24 24" width="32" height="32" aria-hidden="true"><rect class="ground" width="24" height="24" rx="6"/><rect class="line" x="8" y="5.5" width="10.5" height="3" rx="1.5"/><rect class="marked" x="5.5" y="10.5" width="13" height="3" rx="1.5"/><rect class="line" x="5.5" y="15.5" width="10.5" height="3" rx="1.5"/></svg>`;
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='6' fill='%23135e50'/%3E%3Crect x='8' y='5.5' width='10.5' height='3' rx='1.5' fill='%23fff'/%3E%3Crect x='5.5' y='10.5' width='13' height='3' rx='1.5' fill='%23f5d547'/%3E%3Crect x='5.5' y='15.5' width='10.5' height='3' rx='1.5' fill='%23fff'/%3E%3C/svg%3E";

function renderDocument(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · SAMLA</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="brand">${MARK}<span>samla</span></div>
${main}
</main>
<footer>Local sign-in: these accounts exist on this computer only.</footer>
</body>
</html>`;
}

function renderInitials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  return escapeHtml(
    words
      .slice(0, 2)
      .map((word) => [...word][0] ?? "")
      .join("")
      .toUpperCase(),
  );
}

function renderAccount(user: IssuerUser): string {
  const groups = user.groups.map((group) => `<span class="chip">${escapeHtml(group)}</span>`).join("");
  return `<li><form method="get"><button class="account" name="fill" value="${escapeHtml(user.username)}">
<span class="avatar" aria-hidden="true">${renderInitials(user.name)}</span>
<span class="who"><span class="name">${escapeHtml(user.name)} ${groups}</span>
<span class="hint"><span>Username</span> <code>${escapeHtml(user.username)}</code> <span>Password</span> <code>${escapeHtml(user.password)}</code></span></span>
<span class="use" aria-hidden="true">Fill in</span>
</button></form></li>`;
}

export type LoginPageInput = {
  users: readonly IssuerUser[];
  username: string;
  password: string;
  error?: string | undefined;
};

/** The login page: a form, and the accounts of this computer to fill it with. */
export function renderLoginPage({ users, username, password, error }: LoginPageInput): Page {
  const isFilled = username !== "" && password !== "" && error === undefined;
  const invalid = error === undefined ? "" : ' aria-invalid="true" aria-describedby="error"';
  const focus = { username: username === "", password: username !== "" && !isFilled, submit: isFilled };
  const autofocus = (place: keyof typeof focus) => (focus[place] ? " autofocus" : "");
  return () =>
    renderDocument(
      "Sign in",
      `<section class="card">
<h1>Sign in</h1>
<p class="lead">Continue to your documents and indexes.</p>
${error === undefined ? "" : `<p class="error" id="error" role="alert">${escapeHtml(error)}</p>`}
<form method="post" autocomplete="on">
<label for="username">Username</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" value="${escapeHtml(username)}"${invalid}${autofocus("username")}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="500" value="${escapeHtml(password)}"${invalid}${autofocus("password")}>
<button class="primary" type="submit"${autofocus("submit")}>Sign in</button>
</form>
</section>
${
  users.length === 0
    ? ""
    : `<section class="accounts" aria-labelledby="accounts">
<h2 id="accounts">Accounts on this computer</h2>
<ul>${users.map(renderAccount).join("\n")}</ul>
</section>`
}`,
    );
}

/** Asks whether to sign out; goes on by itself when the application already asked (`isConfirmed`). */
export function renderLogoutPage(form: string, isConfirmed: boolean): Page {
  return ({ scriptNonce }) =>
    renderDocument(
      "Sign out",
      `<section class="card">
<h1>Sign out</h1>
<p class="lead">You will be signed out of SAMLA on this computer.</p>
${form}
<button class="primary" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
</section>
${isConfirmed ? `<script nonce="${scriptNonce}">document.querySelector("button[name=logout]").click()</script>` : ""}`,
    );
}

/** A page that only tells something. */
export function renderMessagePage(title: string, text: string, link?: { href: string; label: string }): Page {
  return () =>
    renderDocument(
      title,
      `<section class="card">
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(text)}</p>
${link ? `<a class="primary" href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>` : ""}
</section>`,
    );
}
