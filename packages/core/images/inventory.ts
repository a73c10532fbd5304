import type { ImageInventory } from "@samla/contracts";
import { z } from "zod";
import type { ImageContext } from "./context.ts";

const Cyclonedx = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  components: z
    .array(
      z.looseObject({
        name: z.string(),
        version: z.string().default(""),
        purl: z.string().default(""),
        licenses: z
          .array(
            z.looseObject({
              expression: z.string().optional(),
              license: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

const ecosystems: Record<string, string> = { npm: "npm", deb: "Debian", generic: "runtime" };

/** The packages of an image by the CycloneDX list that lies in it; what is no such list counts as none. */
export const readInventoryOf = async (
  ctx: Pick<ImageContext, "registry">,
  agent: string,
  digest: string,
): Promise<ImageInventory> => {
  const parsed = Cyclonedx.safeParse(await ctx.registry.readInventory(agent, digest));
  if (!parsed.success) return { source: "none", packages: [] };
  return {
    source: "image",
    packages: parsed.data.components.map(({ name, version, purl, licenses }) => {
      const kind = /^pkg:([a-z]+)\//.exec(purl)?.[1] ?? "";
      return {
        name,
        version,
        purl,
        ecosystem: ecosystems[kind] ?? kind,
        licenses: licenses.flatMap(({ expression, license }) => expression ?? license?.id ?? license?.name ?? []),
      };
    }),
    cyclonedx: parsed.data as ImageInventory["cyclonedx"],
  };
};
