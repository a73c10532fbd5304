/** Codes of 128 and a signal, as shells and containers give them (https://man7.org/linux/man-pages/man7/signal.7.html). */
const signals: Readonly<Record<number, string>> = {
  2: "interrupted",
  3: "asked to quit",
  6: "it aborted itself",
  9: "killed, for its memory or because it did not end in time",
  11: "crashed in native code",
  15: "asked to end, as in every planned stop",
};
/** Codes by which agents end that cannot begin, and what runtimes give (https://nodejs.org/api/process.html#exit-codes). */
const codes: Readonly<Record<number, string>> = {
  0: "ended by itself, without an error",
  1: "ended with an error; its last lines say which",
  126: "the program may not be run",
  127: "the program was not found",
};

/** An exit code with what it means: "137: killed, …"; the number alone where nobody can say. */
export const exitCodeText = (exitCode: number): string => {
  const said = codes[exitCode] ?? signals[exitCode - 128];
  return said ? `${exitCode}: ${said}` : String(exitCode);
};
