import { lendNonce } from "./lib/nonce.ts";
import { forbidZodCompiling } from "./lib/zod-settings.ts";

forbidZodCompiling();
lendNonce();
