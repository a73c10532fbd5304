import "server-only";
import { Me } from "@samla/contracts";
import type { z } from "zod";
import { currentSessionId, getSessions } from "./context.ts";
import { getEnv } from "./env.ts";
import { sendUpstream } from "./upstream.ts";

export type PersonState =
  | { kind: "signed-in"; me: z.infer<typeof Me> }
  | { kind: "signed-out" }
  /** The API or the issuer does not answer: the page shows itself and asks again from the browser. */
  | { kind: "unknown" };

const timeoutMs = 3_000;

/** Who asks for this page, so that the first paint already fits their role. */
export const readPerson = async (): Promise<PersonState> => {
  try {
    const id = await currentSessionId();
    const session = id ? await getSessions().use(id) : undefined;
    if (!session) return { kind: "signed-out" };
    const answer = await sendUpstream({
      url: new URL(`${getEnv().SAMLA_API_URL.replace(/\/$/, "")}/me`),
      method: "GET",
      headers: { accept: "application/json", authorization: `Bearer ${session.tokens.accessToken}` },
      timeoutMs,
    });
    if (answer.status !== 200) return { kind: "unknown" };
    const parsed = Me.safeParse(JSON.parse(answer.body.toString("utf8")));
    return parsed.success ? { kind: "signed-in", me: parsed.data } : { kind: "unknown" };
  } catch {
    return { kind: "unknown" };
  }
};
