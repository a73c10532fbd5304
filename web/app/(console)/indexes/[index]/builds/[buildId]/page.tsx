import { BuildId } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { BuildPage } from "../../../../../../features/builds/build-page.tsx";

export const metadata: Metadata = { title: "Build" };

const BuildRoute = async ({ params }: { params: Promise<{ index: string; buildId: string }> }) => {
  const { index, buildId } = await params;
  const id = BuildId.safeParse(buildId);
  if (!id.success) notFound();
  return (
    <Suspense>
      <BuildPage slug={index} buildId={id.data} />
    </Suspense>
  );
};
export default BuildRoute;
