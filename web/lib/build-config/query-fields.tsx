"use client";
import type { BuildConfig } from "@samla/contracts";
import { isSameValue, limits } from "@samla/contracts/plain";
import { ChoiceField, FieldGroup, ListField, NumberField, SwitchField } from "./fields.tsx";
import { RulesField } from "./rules-field.tsx";
import { parseSynonyms, parseWords, printSynonyms, printWords } from "./words.ts";

/** The settings that take effect at the query, without making data again. */
export type QueryPart = Pick<BuildConfig, "stopWords" | "synonyms" | "fusion" | "pinned" | "buried">;
export const queryPartOf = ({ stopWords, synonyms, fusion, pinned, buried }: BuildConfig): QueryPart => ({
  stopWords,
  synonyms,
  fusion,
  pinned,
  buried,
});

type Props = {
  slug: string;
  value: QueryPart;
  /** What the dots of changed settings are held against. */
  base: QueryPart | undefined;
  hasVectors: boolean;
  onChange: (part: Partial<QueryPart>) => void;
};

const stopWordOptions = [
  { value: "language", label: "Those of the language" },
  { value: "none", label: "None, every word counts" },
  { value: "custom", label: "Words of your own" },
] as const;

export const QueryFields = ({ slug, value, base, hasVectors, onChange }: Props) => {
  const isChanged = (key: keyof QueryPart) => base !== undefined && !isSameValue(value[key], base[key]);
  const { stopWords } = value;
  return (
    <>
      <FieldGroup title="Query words" hint="Takes effect when somebody searches; no data is made again.">
        <ChoiceField
          label="Stop words"
          hint="Words that a search passes by."
          value={stopWords.kind}
          options={stopWordOptions}
          isChanged={isChanged("stopWords")}
          onChange={(kind) => onChange({ stopWords: kind === "custom" ? { kind, words: [] } : { kind } })}
        />
        {stopWords.kind === "custom" ? (
          <ListField
            label="Your stop words"
            hint={`Apart by spaces or lines, ${limits.stopWordsMax} at most.`}
            value={stopWords.words}
            parse={parseWords}
            print={printWords}
            rows={3}
            onChange={(words) => onChange({ stopWords: { kind: "custom", words } })}
          />
        ) : null}
        <ListField
          label="Synonyms"
          hint={`A group a line, words apart by commas, such as: car, automobile. ${limits.synonymGroupsMax} groups at most.`}
          value={value.synonyms}
          parse={parseSynonyms}
          print={printSynonyms}
          isChanged={isChanged("synonyms")}
          onChange={(synonyms) => onChange({ synonyms })}
        />
      </FieldGroup>
      <FusionFields fusion={value.fusion} hasVectors={hasVectors} isChanged={isChanged("fusion")} onChange={onChange} />
      <FieldGroup title="Rules" hint="For single queries, as typed; case does not matter.">
        <RulesField
          slug={slug}
          label="Shown first"
          hint="These documents come first, in this order."
          value={value.pinned}
          isChanged={isChanged("pinned")}
          onChange={(pinned) => onChange({ pinned })}
        />
        <RulesField
          slug={slug}
          label="Never shown"
          hint="These documents are left out for the query."
          value={value.buried}
          isChanged={isChanged("buried")}
          onChange={(buried) => onChange({ buried })}
        />
      </FieldGroup>
    </>
  );
};

const fusionOptions = [
  { value: "weighted", label: "Weighted scores" },
  { value: "rrf", label: "Reciprocal ranks" },
] as const;

const FusionFields = ({
  fusion,
  hasVectors,
  isChanged,
  onChange,
}: {
  fusion: BuildConfig["fusion"];
  hasVectors: boolean;
  isChanged: boolean;
  onChange: (part: Partial<QueryPart>) => void;
}) => {
  const set = (next: BuildConfig["fusion"]) => onChange({ fusion: next });
  return (
    <FieldGroup
      title="Ranking"
      hint={
        hasVectors ? "How word and meaning scores become one." : "This build has no vectors, so words alone decide."
      }
    >
      <ChoiceField
        label="Way of joining"
        value={fusion.kind}
        options={fusionOptions}
        isChanged={isChanged}
        onChange={(kind) =>
          set(kind === "weighted" ? { kind, vectorWeight: 0.5 } : { kind, k: 60, lexicalWeight: 1, vectorWeight: 1 })
        }
      />
      {fusion.kind === "weighted" ? (
        <>
          <NumberField
            label="Weight of meaning"
            hint="0: words alone. 1: as much as words."
            value={fusion.vectorWeight}
            min={0}
            max={1}
            step={0.05}
            onChange={(vectorWeight) => set({ ...fusion, vectorWeight })}
          />
          <SwitchField
            label="Learn from the first hits"
            hint="Passages near the best ones by meaning are raised (pseudo relevance feedback)."
            value={fusion.feedback !== undefined}
            onChange={(isOn) => {
              const { feedback: _, ...rest } = fusion;
              set(isOn ? { ...rest, feedback: { passages: 5, weight: 0.5 } } : rest);
            }}
          />
          {fusion.feedback ? (
            <div className="grid grid-cols-2 gap-3">
              <NumberField
                label="From how many passages"
                value={fusion.feedback.passages}
                min={1}
                max={20}
                onChange={(passages) =>
                  set({ ...fusion, feedback: { passages, weight: fusion.feedback?.weight ?? 0.5 } })
                }
              />
              <NumberField
                label="Its weight"
                value={fusion.feedback.weight}
                min={0}
                max={5}
                step={0.05}
                onChange={(weight) =>
                  set({ ...fusion, feedback: { passages: fusion.feedback?.passages ?? 5, weight } })
                }
              />
            </div>
          ) : null}
        </>
      ) : (
        <div className="grid gap-3 sm:grid-cols-3">
          <NumberField label="k" value={fusion.k} min={1} max={1000} onChange={(k) => set({ ...fusion, k })} />
          <NumberField
            label="Weight of words"
            value={fusion.lexicalWeight}
            min={0}
            max={10}
            step={0.1}
            onChange={(lexicalWeight) => set({ ...fusion, lexicalWeight })}
          />
          <NumberField
            label="Weight of meaning"
            value={fusion.vectorWeight}
            min={0}
            max={10}
            step={0.1}
            onChange={(vectorWeight) => set({ ...fusion, vectorWeight })}
          />
        </div>
      )}
    </FieldGroup>
  );
};
