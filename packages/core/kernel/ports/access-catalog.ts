/** A document whose readers were changed, until the table of every build that may serve carries the new ones. */
export type AccessChange = {
  index: string;
  documentId: string;
  /** Absent: those of the index. */
  readers?: string[];
  at: string;
  /** Tells this change from a later one of the same document. */
  stamp: string;
  /** Builds whose tables carry it. */
  written: string[];
};

/** Readers of documents, and changes of them that are on their way into the tables. */
export interface AccessCatalog {
  /**
   * Changes of documents' readers that some table does not carry yet, oldest by id first. `change` adds one in the same
   * transaction as the change itself, so whoever reads this first and a table afterwards knows of every such document.
   */
  listAccessChanges(scope: { index?: string; limit: number }): Promise<AccessChange[]>;
  /** Notes that a build's table carries the change; undefined when a later change has taken its place. */
  noteAccessWritten(change: AccessChange, buildId: string): Promise<AccessChange | undefined>;
  /** Forgets the change; does nothing when a later one has taken its place. */
  settleAccessChange(change: AccessChange): Promise<void>;
  /** Readers of those of the documents that have, or had when they were removed, some of their own. */
  getReaders(documentIds: readonly string[]): Promise<Map<string, readonly string[]>>;
}
