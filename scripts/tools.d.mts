export declare const root: string;
export declare const stateDir: string;
export declare const node24: string;
export declare const toolEnv: (more?: Record<string, string>) => Record<string, string>;
export declare const stop: (sentence: string) => never;
export declare const run: (
  command: string,
  args: string[],
  options?: { quiet?: boolean; env?: Record<string, string>; cwd?: string; timeoutMs?: number },
) => Promise<{ code: number; output: string }>;
export declare const step: (name: string, work: () => Promise<unknown>) => Promise<void>;
export declare const checkMachine: () => void;
export declare const install: () => Promise<string>;
export declare const isPortFree: (port: number) => Promise<boolean>;
