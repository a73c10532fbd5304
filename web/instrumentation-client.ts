import { forbidZodCompiling } from "./lib/zod-settings.ts";

forbidZodCompiling();
