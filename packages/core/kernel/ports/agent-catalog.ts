import type { AgentTask, AgentTaskDetail, Busy, EventActor, Pin, Release, ReleaseKind } from "@samla/contracts";
import type { NewEvent, Page } from "./records.ts";

/** What SAMLA itself knows of an agent; what runs is asked of AWS. */
export type AgentRecord = {
  name: string;
  title: string;
  description: string;
  /** Number of its newest release. */
  n: number;
  /** The release that the running tasks and the scale come from. */
  liveReleaseId?: string | undefined;
  busy?: Busy | undefined;
  pin?: Pin | undefined;
  /** How it was scaled before it was paused. */
  paused?: { minTasks: number; maxTasks: number } | undefined;
  protected: boolean;
  /** Place of its rule at the listener; no two agents have the same. */
  rulePriority: number;
  createdAt: string;
  revision: number;
};

/** A task that has stopped, as it is kept: with its last lines and its curves. */
export type StoppedTask = AgentTaskDetail & { stoppedAt: string };

/** Rows are written with the revision after the one they were read with; 1 is a new row. */
export type AgentChange = {
  agent?: AgentRecord;
  releases?: Release[];
  events?: NewEvent[];
};

/** The agents' own table. Events go into the catalog's timeline in the same transaction. */
export interface AgentCatalog {
  listAgents(): Promise<AgentRecord[]>;
  getAgent(name: string): Promise<AgentRecord | undefined>;
  getRelease(agent: string, releaseId: string): Promise<Release | undefined>;
  /** Newest first. Throws `invalid_cursor`. */
  listReleases(
    agent: string,
    query: { kind?: ReleaseKind | undefined; cursor?: string | undefined; limit: number },
  ): Promise<Page<Release>>;
  /** All or nothing. False when a row is no longer as it was read, or a new one is there already. */
  write(change: AgentChange, actor: EventActor): Promise<boolean>;
  getTask(agent: string, taskId: string): Promise<StoppedTask | undefined>;
  /** Newest first, without lines and curves. Throws `invalid_cursor`. */
  listTasks(
    agent: string,
    query: {
      releaseId?: string | undefined;
      cause?: string | undefined;
      cursor?: string | undefined;
      limit: number;
    },
  ): Promise<Page<AgentTask>>;
  /** False when it is kept already; the event is written only with it. */
  keepTask(task: StoppedTask, event: NewEvent | undefined, actor: EventActor): Promise<boolean>;
}
