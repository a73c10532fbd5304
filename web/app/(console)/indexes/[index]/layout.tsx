import { IndexSlug } from "@samla/contracts";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { IndexScreen } from "./index-screen.tsx";

const IndexLayout = async ({ params, children }: { params: Promise<{ index: string }>; children: ReactNode }) => {
  const slug = IndexSlug.safeParse((await params).index);
  if (!slug.success) notFound();
  return <IndexScreen slug={slug.data}>{children}</IndexScreen>;
};
export default IndexLayout;
