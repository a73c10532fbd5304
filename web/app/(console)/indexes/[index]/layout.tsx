import { IndexSlug } from "@samla/contracts";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { IndexFrame } from "../../../../features/indexes/index-frame.tsx";

const IndexLayout = async ({ params, children }: { params: Promise<{ index: string }>; children: ReactNode }) => {
  const slug = IndexSlug.safeParse((await params).index);
  if (!slug.success) notFound();
  return <IndexFrame slug={slug.data}>{children}</IndexFrame>;
};
export default IndexLayout;
