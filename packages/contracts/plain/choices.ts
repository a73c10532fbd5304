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
