import type { BuildStage } from "@samla/contracts";

/**
 * US dollars in us-east-1, on demand, without the free tier: AWS Lambda on x86 for the first 6 billion GB-seconds of a
 * month (aws.amazon.com/lambda/pricing), Bedrock's embedding models by input token (aws.amazon.com/bedrock/pricing).
 */
const lambdaUsdPerGbSecond = 0.0000166667;
const usdPerMillionTokens: readonly [modelPart: string, usd: number][] = [
  ["titan-embed-text-v2", 0.02],
  ["titan-embed-text-v1", 0.1],
  ["cohere.embed-english-v3", 0.1],
  ["cohere.embed-multilingual-v3", 0.1],
];

/** What works while a build is filled: two workers that make data, where there is any to make, and the build's writer. */
const workersGb = 2 * 2;
const writerGb = 1;

/**
 * What a fill costs at most: the functions for as long as it takes, and the embedder's tokens where it has a known price.
 * `usd` is null when the time or the price is not known; `basis` says what was reckoned with.
 */
export const costOf = (input: {
  seconds: number | undefined;
  stages: readonly BuildStage[];
  embedder: string;
  isLocal: boolean;
  /** Tokens of all passages, when they are embedded anew. */
  tokens: number;
}): { usd: number | null; basis: string } => {
  const embeds = input.stages.includes("embed") && !input.isLocal;
  const price = usdPerMillionTokens.find(([part]) => input.embedder.includes(part))?.[1];
  if (input.seconds === undefined)
    return { usd: null, basis: "The cost follows from the time, which is not known yet." };
  if (embeds && price === undefined)
    return { usd: null, basis: `What ${input.embedder} charges is not known here, so no cost is given.` };
  const gb = writerGb + (input.stages.some((stage) => stage !== "write") ? workersGb : 0);
  const lambdaUsd = input.seconds * gb * lambdaUsdPerGbSecond;
  const tokensUsd = embeds && price !== undefined ? (input.tokens / 1_000_000) * price : 0;
  return {
    usd: lambdaUsd + tokensUsd,
    basis: `Cost on AWS at most: ${gb} GB of functions for that long at $${lambdaUsdPerGbSecond} a GB-second${
      embeds ? `, and ${Math.round(input.tokens / 1000)} thousand tokens at $${price} a million` : ""
    } (us-east-1).`,
  };
};
