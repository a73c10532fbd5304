/** Name of the browser's database that keeps what an earlier page left. */
export const uploadDatabaseName = "samla-uploads";
