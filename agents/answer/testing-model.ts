import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

type Asked = {
  body: { messages: { role: string; content: string }[]; model: string; stream: boolean };
  authorization: string | undefined;
};

/** A server that speaks OpenAI's chat completions over real HTTP and says what the test tells it to, piece by piece. */
export const startModelServer = async () => {
  let reply: (asked: Asked) => string[] | { status: number } | "hang" = () => [];
  const asked: Asked[] = [];
  let closedEarly = 0;
  const read = async (incoming: IncomingMessage): Promise<string> => {
    let text = "";
    for await (const part of incoming) text += part;
    return text;
  };
  const server = createServer(async (incoming, outgoing) => {
    const one: Asked = { body: JSON.parse(await read(incoming)), authorization: incoming.headers.authorization };
    asked.push(one);
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) closedEarly += 1;
    });
    const answer = reply(one);
    if (answer === "hang") {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.write(`data: ${JSON.stringify({ choices: [{ delta: { role: "assistant" } }] })}\n\n`);
      return;
    }
    if (!Array.isArray(answer)) {
      outgoing.writeHead(answer.status).end("{}");
      return;
    }
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of answer) outgoing.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    outgoing.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    closedEarly: () => closedEarly,
    say: (next: typeof reply) => {
      reply = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
