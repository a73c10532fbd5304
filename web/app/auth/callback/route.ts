export { finishSignIn as GET } from "../../../bff/sign-in.ts";
