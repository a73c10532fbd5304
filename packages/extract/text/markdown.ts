import MarkdownIt from "markdown-it";
import { type BlockBuilder, createBlockBuilder } from "../block-builder.ts";
import type { Reader } from "../reader.ts";
import { decodeInput } from "./plain.ts";

type Token = ReturnType<InstanceType<typeof MarkdownIt>["parse"]>[number];

/** Tags of embedded HTML are dropped, their text stays. */
function stripTags(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)/g, " ").replace(/<\/?[a-z][^<>]{0,2000}>/gi, " ");
}

function readInline(token: Token | undefined): string {
  let text = "";
  for (const child of token?.children ?? []) {
    if (child.type === "softbreak" || child.type === "hardbreak") text += "\n";
    else if (child.type === "html_inline") text += /^<br\b/i.test(child.content) ? "\n" : "";
    else text += child.content;
  }
  return text;
}

/** Values of a YAML front matter, one line each; nested values are left out. */
function splitFrontMatter(text: string): { body: string; properties: Record<string, string> } {
  const match = /^---[ \t]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text);
  if (!match?.[1]?.includes(":")) return { body: text, properties: {} };
  const properties: Record<string, string> = {};
  for (const line of match[1].split("\n")) {
    const pair = /^([\w -]{1,60}):[ \t]*(\S.*)$/.exec(line);
    if (pair?.[1] && pair[2])
      properties[pair[1].trim().toLowerCase()] = pair[2]
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2")
        .slice(0, 1000);
  }
  return { body: text.slice(match[0].length), properties };
}

/** State of the walk: containers that are open and the table being filled. */
type Walk = { quotes: number; items: { marker: string; used: boolean }[]; rows: string[][] | null; headerRows: number };

function addParagraph(builder: BlockBuilder, walk: Walk, text: string): void {
  const item = walk.items.at(-1);
  if (item && !item.used) {
    item.used = true;
    builder.listItem(item.marker + text);
  } else if (walk.quotes > 0) {
    builder.quote(text);
  } else {
    builder.paragraph(text);
  }
}

function addToken(builder: BlockBuilder, walk: Walk, token: Token, before: Token | undefined): void {
  switch (token.type) {
    case "blockquote_open":
      walk.quotes++;
      break;
    case "blockquote_close":
      walk.quotes--;
      break;
    case "list_item_open":
      walk.items.push({ marker: token.info ? `${token.info}${token.markup || "."} ` : "", used: false });
      break;
    case "list_item_close":
      walk.items.pop();
      break;
    case "table_open":
      walk.rows = [];
      walk.headerRows = 0;
      break;
    case "thead_close":
      walk.headerRows = walk.rows?.length ?? 0;
      break;
    case "tr_open":
      walk.rows?.push([]);
      break;
    case "table_close":
      if (walk.rows) builder.table(walk.rows, { headerRows: walk.headerRows });
      walk.rows = null;
      break;
    case "fence":
      builder.code(token.content, token.info.trim().split(/\s+/, 1)[0] || undefined);
      break;
    case "code_block":
      builder.code(token.content);
      break;
    case "html_block":
      addParagraph(builder, walk, stripTags(token.content));
      break;
    case "inline":
      if (walk.rows) walk.rows.at(-1)?.push(readInline(token));
      else if (before?.type === "heading_open") builder.heading(Number(before.tag.slice(1)), readInline(token));
      else addParagraph(builder, walk, readInline(token));
      break;
  }
}

/** Markdown (CommonMark with tables): nesting beyond the limit is read as plain text by the parser. */
export const readMarkdown: Reader = async (input) => {
  const { text, encoding } = decodeInput(input);
  const { body, properties } = splitFrontMatter(text);
  const parser = new MarkdownIt({ html: true, maxNesting: input.limits.markdownDepth });
  const builder = createBlockBuilder(input.limits);
  const walk: Walk = { quotes: 0, items: [], rows: null, headerRows: 0 };
  let before: Token | undefined;
  for (const token of parser.parse(body, {})) {
    addToken(builder, walk, token, before);
    before = token;
  }
  const result = builder.result();
  const first = result.blocks.find((block) => block.type === "heading" && block.level === 1);
  const title = properties.title ?? (first ? result.text.slice(first.start, first.end) : undefined);
  return { ...result, encoding, properties, title };
};
