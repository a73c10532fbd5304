import { FindingId } from "@samla/contracts";
import { notFound } from "next/navigation";
import { FindingPage } from "../../../../../features/images/finding-page.tsx";

const FindingRoute = async ({ params }: { params: Promise<{ findingId: string }> }) => {
  const id = FindingId.safeParse(decodeURIComponent((await params).findingId));
  if (!id.success) notFound();
  return <FindingPage findingId={id.data} />;
};
export default FindingRoute;
