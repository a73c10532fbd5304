import { AgentName } from "@samla/contracts";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { RepositoryFrame } from "../../../../features/images/repository-frame.tsx";

const RepositoryLayout = async ({
  params,
  children,
}: {
  params: Promise<{ repository: string }>;
  children: ReactNode;
}) => {
  const name = AgentName.safeParse((await params).repository);
  if (!name.success) notFound();
  return <RepositoryFrame repository={name.data}>{children}</RepositoryFrame>;
};
export default RepositoryLayout;
