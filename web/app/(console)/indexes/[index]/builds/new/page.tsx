import type { Metadata } from "next";
import { Suspense } from "react";
import { NewBuild } from "../../../../../../features/builds/new-build.tsx";

export const metadata: Metadata = { title: "New build" };

const NewBuildRoute = async ({ params }: { params: Promise<{ index: string }> }) => (
  <Suspense>
    <NewBuild slug={(await params).index} />
  </Suspense>
);
export default NewBuildRoute;
