import { slugPattern, slugRule } from "@samla/contracts/plain";

const slugLengthMax = 40;

/** A slug made of a name: small letters without accents, digits, hyphens. Empty if nothing of the name is left. */
export const suggestSlug = (name: string): string => {
  const slug = name
    .replace(/ß/g, "ss")
    .replace(/[øØ]/g, "o")
    .replace(/[æÆ]/g, "ae")
    .replace(/[łŁ]/g, "l")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, slugLengthMax)
    .replace(/^-+|-+$/g, "");
  return slug.length >= 2 ? slug : "";
};

/** What is wrong with a slug; undefined if nothing is. */
export const slugError = (slug: string): string | undefined => (slugPattern.test(slug) ? undefined : slugRule);
