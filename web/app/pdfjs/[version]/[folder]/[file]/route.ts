import { readPdfAsset } from "../../../../../bff/pdf-assets.ts";

/** The PDF library's worker, fonts and tables, from the installed package, so that versions always fit. */
export const GET = async (
  _: Request,
  { params }: { params: Promise<{ version: string; folder: string; file: string }> },
): Promise<Response> => {
  const asset = await readPdfAsset(await params);
  if (!asset) return new Response("Not found", { status: 404 });
  return new Response(new Uint8Array(asset.bytes), {
    headers: {
      "content-type": asset.mediaType,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
};
