type WithZodConfig = { __zod_globalConfig?: { jitless?: boolean } };

/**
 * Tells zod not to try `new Function`, which the CSP forbids and would report. Set before zod is loaded, in the place
 * zod 4 reads its settings from, so that pages without schemas need not load it; a test holds zod to that.
 */
export const forbidZodCompiling = (): void => {
  const scope = globalThis as WithZodConfig;
  scope.__zod_globalConfig = { ...scope.__zod_globalConfig, jitless: true };
};
