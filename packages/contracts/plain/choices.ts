export const documentSorts = ["updated", "name", "size"] as const;
export const batchActions = ["delete", "restore", "reprocess", "cancel", "tag", "untag", "access"] as const;

/** What to do when the same bytes or the same name in the same folder are there already. */
export const duplicateChoices = ["ask", "skip", "version", "separate"] as const;

export const searchModes = ["hybrid", "lexical", "vector"] as const;
export const searchSorts = ["relevance", "newest", "oldest", "title"] as const;

/** Languages whose words the engine can stem. */
export const indexLanguages = [
  "Arabic",
  "Danish",
  "Dutch",
  "English",
  "Finnish",
  "French",
  "German",
  "Greek",
  "Hungarian",
  "Italian",
  "Norwegian",
  "Portuguese",
  "Romanian",
  "Russian",
  "Spanish",
  "Swedish",
  "Tamil",
  "Turkish",
] as const;

/** How right a document is for a question, by grade: 0 wrong, 1 related, 2 right, 3 just what was asked. */
export const gradeLabels = ["Wrong", "Related", "Right", "Perfect"] as const;
export const questionSources = ["hand", "search", "log", "import"] as const;
export const importFormats = ["csv", "jsonl", "qrels"] as const;
/** Orders of an evaluation's results. */
export const evaluationOrders = ["worst", "best", "slowest", "as-asked"] as const;
/** Which questions of two evaluations are shown. */
export const comparisonViews = ["changed", "worse", "better", "all"] as const;
/** Which searches of the log are shown. */
export const queryViews = ["recent", "zero-results", "slow", "with-thumbs"] as const;
