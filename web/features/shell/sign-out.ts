import { csrfHeader, csrfValue } from "../../lib/csrf.ts";

/** Ends this session, or all of the person's sessions, and leads to where the server says. */
export const signOut = async (everywhere: boolean): Promise<void> => {
  const response = await fetch(everywhere ? "/auth/sign-out-everywhere" : "/auth/sign-out", {
    method: "POST",
    headers: { [csrfHeader]: csrfValue, accept: "application/json" },
  });
  const body: unknown = await response.json().catch(() => undefined);
  const { location, fields } = targetOf(body);
  if (!fields) return window.location.assign(location);
  const form = document.createElement("form");
  form.method = "post";
  form.action = location;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const targetOf = (body: unknown): { location: string; fields?: Record<string, string> } => {
  if (!isRecord(body) || typeof body.location !== "string") return { location: "/sign-in" };
  if (!isRecord(body.fields)) return { location: body.location };
  return {
    location: body.location,
    fields: Object.fromEntries(Object.entries(body.fields).map(([name, value]) => [name, String(value)])),
  };
};
