import { ImageDigest } from "@samla/contracts";
import { notFound } from "next/navigation";
import { ImagePage } from "../../../../../features/images/image-page.tsx";

const ImageRoute = async ({ params }: { params: Promise<{ repository: string; digest: string }> }) => {
  const { repository, digest } = await params;
  const id = ImageDigest.safeParse(decodeURIComponent(digest));
  if (!id.success) notFound();
  return <ImagePage repository={repository} digest={id.data} />;
};
export default ImageRoute;
