import type { ExtractFailureCode } from "@samla/contracts/extraction";

export type ExtractFailureOptions = {
  /** The file looks made to harm (an inflation bomb, an entity bomb). Shown like any failure, logged apart. */
  suspicious?: boolean;
  cause?: unknown;
};

/**
 * The one error a reader throws on purpose. `code` picks the sentence a person reads
 * (`extractFailureTexts`), `detail` names the limit or part concerned, in plain words.
 * Anything else thrown inside a reader counts as `internal`.
 */
export class ExtractFailure extends Error {
  readonly code: ExtractFailureCode;
  readonly detail: string;
  readonly suspicious: boolean;

  constructor(code: ExtractFailureCode, detail: string, options: ExtractFailureOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ExtractFailure";
    this.code = code;
    this.detail = detail;
    this.suspicious = options.suspicious ?? false;
  }
}
