/** The one style of the issuer's pages; its hash is in their content security policy. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f6f7f9; --surface: #ffffff; --line: #dfe3ea; --text: #14171f; --muted: #5a6272;
  --accent: #3b5bdb; --accent-strong: #2f4ac0; --on-accent: #ffffff; --ring: rgb(59 91 219 / 35%);
  --chip: #eef1fb; --chip-text: #34489a; --danger: #b3261e; --danger-bg: #fdf0ef; --danger-line: #f1c7c4;
  --shadow: 0 1px 2px rgb(20 23 31 / 5%), 0 12px 32px -12px rgb(20 23 31 / 14%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1015; --surface: #161920; --line: #2a2f3a; --text: #eceef3; --muted: #9ba3b4;
    --accent: #7d97ff; --accent-strong: #94a9ff; --on-accent: #0e1015; --ring: rgb(125 151 255 / 45%);
    --chip: #222a45; --chip-text: #b4c3ff; --danger: #ff9a92; --danger-bg: #2b1716; --danger-line: #55302d;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%), 0 16px 40px -16px rgb(0 0 0 / 60%);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center;
  gap: 24px; padding: 40px 20px; background: var(--bg); color: var(--text);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { width: 100%; max-width: 416px; display: grid; gap: 20px; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; font-size: 17px; letter-spacing: .08em; }
.mark rect { fill: var(--accent); }
.mark path { fill: none; stroke: var(--on-accent); stroke-width: 2.4; stroke-linecap: round; }
.mark circle { fill: var(--on-accent); }
.card {
  background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: 28px;
  box-shadow: var(--shadow);
}
h1 { margin: 0; font-size: 22px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h2 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: var(--muted); }
.lead { margin: 4px 0 20px; color: var(--muted); }
label { display: block; margin: 14px 0 6px; font-size: 13px; font-weight: 600; }
input {
  width: 100%; height: 42px; padding: 0 12px; font: inherit; color: inherit; background: var(--bg);
  border: 1px solid var(--line); border-radius: 9px;
}
input:hover { border-color: var(--muted); }
input[aria-invalid] { border-color: var(--danger); }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 1px; border-color: var(--accent); }
.primary {
  display: block; width: 100%; margin-top: 22px; padding: 10px 16px; min-height: 42px; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: 9px; cursor: pointer;
}
.primary:hover { background: var(--accent-strong); }
.error {
  margin: 0 0 4px; padding: 10px 12px; color: var(--danger); background: var(--danger-bg);
  border: 1px solid var(--danger-line); border-radius: 9px; font-size: 14px;
}
.accounts ul { margin: 0; padding: 0; list-style: none; display: grid; gap: 8px; }
.account {
  width: 100%; display: flex; align-items: center; gap: 12px; padding: 10px 12px; font: inherit; text-align: left;
  color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 11px; cursor: pointer;
}
.account:hover { border-color: var(--accent); }
.avatar {
  flex: none; width: 34px; height: 34px; display: grid; place-items: center; border-radius: 50%; font-size: 12px;
  font-weight: 650; color: var(--chip-text); background: var(--chip);
}
.who { min-width: 0; flex: 1; display: grid; gap: 2px; }
.name { font-weight: 600; display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.chip {
  padding: 1px 7px; border-radius: 99px; font-size: 11px; font-weight: 600; color: var(--chip-text);
  background: var(--chip);
}
.hint { font-size: 12px; color: var(--muted); overflow-wrap: anywhere; }
.hint code { color: var(--text); font: 12px ui-monospace, "SF Mono", Menlo, Consolas, monospace; margin-right: 6px; }
.use { flex: none; font-size: 12px; font-weight: 600; color: var(--accent); }
footer { max-width: 416px; color: var(--muted); font-size: 12px; text-align: center; }
@media (max-width: 480px) { .card { padding: 22px; } body { justify-content: flex-start; } }
@media (prefers-reduced-motion: no-preference) {
  .primary, .account, input { transition: border-color .12s, background-color .12s; }
}
@media (forced-colors: active) { .primary { border: 1px solid; } }
`;
