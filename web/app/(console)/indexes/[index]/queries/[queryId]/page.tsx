import { QueryId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { QueryPage } from "../../../../../../features/queries/query-page.tsx";

export const metadata: Metadata = { title: "Search" };

const QueryRoute = async ({ params }: { params: Promise<{ index: string; queryId: string }> }) => {
  const { index, queryId } = await params;
  const id = QueryId.safeParse(queryId);
  if (!id.success) notFound();
  return <QueryPage slug={index} queryId={id.data} />;
};
export default QueryRoute;
