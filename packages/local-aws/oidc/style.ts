/** The one style of the issuer's pages; its hash is in their content security policy. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f6f9f7; --surface: #ffffff; --line: #dde4e0; --text: #14201c; --muted: #55625c;
  --accent: #135e50; --accent-strong: #0e4c41; --on-accent: #ffffff; --ring: rgb(19 94 80 / 35%);
  --chip: #e2f1eb; --chip-text: #135e50; --danger: #b3261e; --danger-bg: #fdf0ef; --danger-line: #f1c7c4;
  --shadow: 0 1px 2px rgb(20 23 31 / 5%), 0 12px 32px -12px rgb(20 23 31 / 14%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0b100e; --surface: #141a18; --line: #27302c; --text: #e9f0ec; --muted: #9aa8a1;
    --accent: #6fd6b4; --accent-strong: #8ae2c5; --on-accent: #0b100e; --ring: rgb(111 214 180 / 45%);
    --chip: #1c3029; --chip-text: #a5e6cf; --danger: #ff9a92; --danger-bg: #2b1716; --danger-line: #55302d;
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
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; font-size: 17px; letter-spacing: -.01em; }
.mark .ground { fill: #135e50; }
.mark .line { fill: #ffffff; }
.mark .marked { fill: #f5d547; }
.card {
  background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 28px;
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
