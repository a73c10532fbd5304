import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Verified } from "./sigv4.ts";

/** The JSON document of a call or an answer. */
export type JsonObject = Record<string, unknown>;

/** One signed (or presigned) call to an AWS service, as the port's dispatcher hands it to a service. */
export type AwsCall = {
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  /** SigV4 signing scope, such as `s3`, `sqs`, `dynamodb`, `lambda`, `events`, `logs`. */
  scope: string;
  /** Operation name from `X-Amz-Target` (JSON protocols), else undefined. */
  operation: string | undefined;
  requestId: string;
  /**
   * The whole body, already read and checked against the signature. Empty for scope `s3`, whose body streams from
   * `req`; for every other service `req` is already consumed.
   */
  body: Buffer;
  /** The verified signature; undefined only for scope `s3`, which verifies by itself (CORS preflight, form posts). */
  verified: Verified | undefined;
};

/** A service behind the one port. */
export interface Service {
  /** Signing scopes this service answers. */
  readonly scopes: readonly string[];
  handle(call: AwsCall): Promise<void>;
  /** Runs one operation for another service of this process: input and output in API shapes. */
  operate?(operation: string, input: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

/** A door that is not an AWS API: execute-api URLs, WebSocket upgrades, the issuer. Matched by path prefix. */
export interface Door {
  /** Such as `/_api/`, `/_ws/`, `/_oidc/`. Bucket names cannot begin with `_`, so no bucket is shadowed. */
  readonly prefix: string;
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
  close(): Promise<void>;
}

export type Identity = { region: string; accountId: string };

export type QueueMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, unknown>;
};

/** What other services of the stand-in may do with queues, inside the process. */
export interface QueuePort {
  /** Throws when the queue does not exist. */
  send(
    queueName: string,
    body: string,
    options?: { groupId?: string; deduplicationId?: string; messageAttributes?: Record<string, unknown> },
  ): Promise<void>;
  /** Long-polls: resolves with [] after `waitMs` or on abort. */
  receive(
    queueName: string,
    options: { maxMessages: number; visibilityTimeoutSeconds?: number; waitMs: number; signal: AbortSignal },
  ): Promise<QueueMessage[]>;
  delete(queueName: string, receiptHandle: string): Promise<void>;
  changeVisibility(queueName: string, receiptHandle: string, timeoutSeconds: number): Promise<void>;
  /** The queue's default visibility timeout in seconds. */
  visibilityTimeoutSeconds(queueName: string): number;
}

export type StreamRecord = {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  eventVersion: string;
  eventSource: "aws:dynamodb";
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: Record<string, unknown> & { SequenceNumber: string };
};

/** A table's change stream, inside the process. */
export interface StreamPort {
  /** Records after `sequenceNumber` (exclusive; undefined: from the oldest kept), waiting up to `waitMs` for the first. */
  read(
    tableName: string,
    options: { afterSequenceNumber?: string; limit: number; waitMs: number; signal: AbortSignal },
  ): Promise<StreamRecord[]>;
}

export type InvokeResult = {
  statusCode: number;
  payload: Buffer;
  functionError?: "Handled" | "Unhandled";
  logTail: string;
  executedVersion: string;
};

/** Lambda, as gateways, rules and queues call it inside the process. */
export interface InvokePort {
  /** `event` resolves once the event is accepted (retries and DLQ follow); `requestResponse` with the handler's answer. */
  invoke(functionName: string, payload: Buffer, type: "requestResponse" | "event"): Promise<InvokeResult>;
}
