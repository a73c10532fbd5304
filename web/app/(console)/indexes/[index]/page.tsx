import { IndexSlug } from "@samla/contracts";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { IndexPage } from "../../../../features/indexes/index-page.tsx";

export const metadata: Metadata = { title: "Index" };

const IndexRoute = async ({ params }: { params: Promise<{ index: string }> }) => {
  const slug = IndexSlug.safeParse((await params).index);
  if (!slug.success) notFound();
  return <IndexPage slug={slug.data} />;
};
export default IndexRoute;
