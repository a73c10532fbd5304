import { Failure } from "@samla/core/kernel";
import { errorName, translate } from "./failures.ts";

export type FailureRow = {
  /** Name of the error, as the SDK gives it. */
  name: string;
  /** Part of its message; absent: any. */
  message?: RegExp;
  code: ConstructorParameters<typeof Failure>[0];
  /** For people; AWS's own sentence when absent. */
  text?: string;
  nextStep: string;
};

/** Refusals that mean the same in every service that agents are run with. */
const common: FailureRow[] = [
  ...["AccessDeniedException", "AccessDenied", "UnauthorizedOperation"].map(
    (name): FailureRow => ({
      name,
      code: "unavailable",
      text: "AWS does not allow the console to do this.",
      nextStep: "An administrator must add the right to the console's role; the log names the action.",
    }),
  ),
  ...["ServiceUnavailable", "ServiceUnavailableException", "InternalFailure", "ServerException", "Throttling"].map(
    (name): FailureRow => ({
      name,
      code: "unavailable",
      text: "A part of AWS does not answer at the moment.",
      nextStep: "Try again in a moment.",
    }),
  ),
];

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** Runs a call of a service and turns its refusals into ours by the table; what no row names stays an unknown fault. */
export const translateBy = async <T>(table: readonly FailureRow[], call: () => Promise<T>): Promise<T> => {
  try {
    return await translate(call);
  } catch (error) {
    const name = errorName(error);
    const row = [...table, ...common].find(
      (one) => one.name === name && (one.message === undefined || one.message.test(sentenceOf(error))),
    );
    if (!row) throw error;
    throw new Failure(row.code, row.text ?? sentenceOf(error), { cause: error, nextStep: row.nextStep });
  }
};

/** The same for reads: undefined when the error says that there is no such thing. */
export const unlessMissing = async <T>(
  table: readonly FailureRow[],
  missing: (name: string, message: string) => boolean,
  call: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await translateBy(table, call);
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    if (missing(errorName(cause), sentenceOf(cause))) return undefined;
    throw error;
  }
};
