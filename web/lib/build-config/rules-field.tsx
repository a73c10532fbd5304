"use client";
import type { BuildConfig } from "@samla/contracts";
import { limits } from "@samla/contracts/plain";
import { Plus, Trash2, X } from "lucide-react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Input } from "../../ui/input.tsx";
import { DocumentPicker, useDocumentName } from "../document-picker.tsx";
import { Changed } from "./fields.tsx";

type Rule = BuildConfig["pinned"][number];
const documentsMax = 10;

/** Documents that a query shows first, or never: a query as typed, and the documents in order. */
export const RulesField = ({
  slug,
  label,
  hint,
  value,
  isChanged = false,
  onChange,
}: {
  slug: string;
  label: string;
  hint: string;
  value: readonly Rule[];
  isChanged?: boolean;
  onChange: (rules: Rule[]) => void;
}) => {
  const set = (at: number, rule: Rule) => onChange(value.map((one, i) => (i === at ? rule : one)));
  return (
    <section aria-label={label} className="grid gap-2">
      <h4 className="font-medium text-sm">
        {label} <Changed isChanged={isChanged} />
      </h4>
      <p className="-mt-1.5 text-muted-foreground text-xs">{hint}</p>
      <ul className="grid gap-2">
        {value.map((rule, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule has nothing else that stays the same while it is edited
          <li key={at} className="grid gap-2 rounded-lg border p-2.5">
            <div className="flex gap-2">
              <Input
                aria-label={`Query of rule ${at + 1}`}
                placeholder="Query as people type it"
                value={rule.query}
                maxLength={200}
                onChange={(event) => set(at, { ...rule, query: event.target.value })}
              />
              <Button
                variant="ghost"
                size="icon"
                aria-label={`Remove rule ${at + 1}`}
                onClick={() => onChange(value.filter((_, i) => i !== at))}
              >
                <Trash2 aria-hidden />
              </Button>
            </div>
            {rule.documentIds.length > 0 ? (
              <ol className="flex flex-wrap gap-1.5">
                {rule.documentIds.map((documentId) => (
                  <li key={documentId} className="max-w-full">
                    <RuleDocument
                      documentId={documentId}
                      onRemove={() =>
                        set(at, { ...rule, documentIds: rule.documentIds.filter((one) => one !== documentId) })
                      }
                    />
                  </li>
                ))}
              </ol>
            ) : null}
            {rule.documentIds.length < documentsMax ? (
              <DocumentPicker
                slug={slug}
                label="Add a document by its name"
                chosen={rule.documentIds}
                onPick={(document) => set(at, { ...rule, documentIds: [...rule.documentIds, document.id] })}
              />
            ) : null}
          </li>
        ))}
      </ul>
      <Button
        size="sm"
        className="justify-self-start"
        disabled={value.length >= limits.queryRulesMax}
        onClick={() => onChange([...value, { query: "", documentIds: [] }])}
      >
        <Plus aria-hidden /> Add a rule
      </Button>
    </section>
  );
};

const RuleDocument = ({ documentId, onRemove }: { documentId: string; onRemove: () => void }) => {
  const name = useDocumentName(documentId);
  return (
    <Badge tone="outline" className="h-6 pr-0.5">
      <span className="truncate" title={documentId}>
        {name}
      </span>
      <button type="button" aria-label={`Remove ${name}`} onClick={onRemove} className="rounded-xs p-1 hover:bg-accent">
        <X aria-hidden />
      </button>
    </Badge>
  );
};
