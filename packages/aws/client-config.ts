/** Timeouts and retries of every AWS client, in one place. Endpoints and credentials come from the environment, as on AWS. */
export const clientConfig = {
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    httpsAgent: { maxSockets: 64 },
    httpAgent: { maxSockets: 64 },
  },
};
