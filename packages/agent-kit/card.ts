import type { AgentManifest } from "@samla/contracts";

export type AgentSkill = { id: string; name: string; description: string; tags: string[]; examples?: string[] };
export type AgentInterface = { url: string; protocolBinding: string; protocolVersion: string };

/** What an agent adds to its manifest for its card. */
export type CardParts = {
  skills: AgentSkill[];
  /** Below `/agents/<name>` of the API; the binding says what is spoken there. */
  interfaces: { path: string; protocolBinding: string; protocolVersion: string }[];
  streaming: boolean;
  inputModes: string[];
  outputModes: string[];
};

/** The agent card of A2A 1.0: https://a2a-protocol.org/latest/specification/ (8, "Agent Discovery: The Agent Card"). */
export const createCard = (manifest: AgentManifest, apiUrl: string, parts: CardParts) => ({
  name: manifest.title,
  description: manifest.description,
  version: manifest.version,
  supportedInterfaces: parts.interfaces.map(
    ({ path, protocolBinding, protocolVersion }): AgentInterface => ({
      url: `${apiUrl}/agents/${manifest.name}${path}`,
      protocolBinding,
      protocolVersion,
    }),
  ),
  capabilities: { streaming: parts.streaming, pushNotifications: false, extendedAgentCard: false },
  securitySchemes: {
    bearer: {
      httpAuthSecurityScheme: { scheme: "Bearer", bearerFormat: "JWT", description: "A token of SAMLA's issuer" },
    },
  },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
  defaultInputModes: parts.inputModes,
  defaultOutputModes: parts.outputModes,
  skills: parts.skills,
});
export type AgentCard = ReturnType<typeof createCard>;
