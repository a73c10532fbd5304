import { AgentName } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { AgentScreen } from "./agent-screen.tsx";

type Params = { params: Promise<{ agent: string }> };

export const generateMetadata = async ({ params }: Params): Promise<Metadata> => ({ title: (await params).agent });

const AgentLayout = async ({ params, children }: Params & { children: ReactNode }) => {
  const name = AgentName.safeParse((await params).agent);
  if (!name.success) notFound();
  return <AgentScreen agent={name.data}>{children}</AgentScreen>;
};
export default AgentLayout;
