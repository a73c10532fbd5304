import type { DocumentKind } from "@samla/contracts";
import {
  BookOpen,
  FileCode,
  FileImage,
  FileJson,
  FileSpreadsheet,
  FileText,
  FileType,
  Globe,
  type LucideIcon,
  Mail,
  Presentation,
} from "lucide-react";

const kinds: Record<DocumentKind, { label: string; icon: LucideIcon }> = {
  pdf: { label: "PDF", icon: FileText },
  docx: { label: "Word", icon: FileType },
  pptx: { label: "PowerPoint", icon: Presentation },
  xlsx: { label: "Excel", icon: FileSpreadsheet },
  odt: { label: "OpenDocument text", icon: FileType },
  ods: { label: "OpenDocument sheet", icon: FileSpreadsheet },
  odp: { label: "OpenDocument slides", icon: Presentation },
  html: { label: "Web page", icon: Globe },
  markdown: { label: "Markdown", icon: FileText },
  text: { label: "Text", icon: FileText },
  csv: { label: "CSV", icon: FileSpreadsheet },
  tsv: { label: "TSV", icon: FileSpreadsheet },
  json: { label: "JSON", icon: FileJson },
  jsonl: { label: "JSON lines", icon: FileJson },
  rtf: { label: "Rich text", icon: FileType },
  epub: { label: "E-book", icon: BookOpen },
  email: { label: "E-mail", icon: Mail },
  code: { label: "Code", icon: FileCode },
  image: { label: "Image", icon: FileImage },
};

const pageWords: Partial<Record<DocumentKind, string>> = {
  pptx: "slide",
  odp: "slide",
  xlsx: "sheet",
  ods: "sheet",
  epub: "chapter",
};

/** "page 3", "slide 3", "sheet 3" or "chapter 3", as the kind has it; undefined without a number. */
export const placeOf = (kind: DocumentKind | undefined, page: number | undefined): string | undefined =>
  page === undefined ? undefined : `${(kind && pageWords[kind]) ?? "page"} ${page}`;

/** Name of a kind for people; "File" while it is not known. */
export const kindLabel = (kind: DocumentKind | undefined): string => (kind ? kinds[kind].label : "File");
export const kindIcon = (kind: DocumentKind | undefined): LucideIcon => (kind ? kinds[kind].icon : FileText);
