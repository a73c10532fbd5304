export { startSignIn as GET } from "../../../bff/sign-in.ts";
