import { endSignIn } from "../../../bff/sign-in.ts";

export const POST = (request: Request): Promise<Response> => endSignIn(request, true);
