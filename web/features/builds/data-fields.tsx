"use client";
import type { BuildConfig, EmbedderInfo } from "@samla/contracts";
import { indexLanguages, isSameValue, stageOfSetting } from "@samla/contracts/plain";
import { ChoiceField, FieldGroup, NumberField, SwitchField } from "../../lib/build-config/fields.tsx";
import { stageAgain } from "../../lib/build-config/labels.ts";

type Props = {
  value: BuildConfig;
  base: BuildConfig | undefined;
  embedders: readonly EmbedderInfo[];
  onChange: (part: Partial<BuildConfig>) => void;
};

const languageOptions = indexLanguages.map((language) => ({ value: language, label: language }));

/** The settings that data is made with, in the order in which it is made. */
export const DataFields = ({ value, base, embedders, onChange }: Props) => {
  const isChanged = (key: keyof BuildConfig) => base !== undefined && !isSameValue(value[key], base[key]);
  const hint = (key: keyof BuildConfig) => `A change: ${stageAgain(stageOfSetting[key]).toLowerCase()}.`;
  return (
    <>
      <FieldGroup title="Reading" hint={hint("ocr")}>
        <SwitchField
          label="Recognise text on pictures (OCR)"
          hint="Pages without text of their own are read as pictures."
          value={value.ocr === "auto"}
          isChanged={isChanged("ocr")}
          onChange={(isOn) => onChange({ ocr: isOn ? "auto" : "off" })}
        />
      </FieldGroup>
      <FieldGroup title="Passages" hint={hint("targetTokens")}>
        <ChoiceField
          label="Where passages end"
          value={value.splitBy}
          options={[
            { value: "structure", label: "At headings, paragraphs and sentences" },
            { value: "size", label: "Wherever the length is reached" },
          ]}
          isChanged={isChanged("splitBy")}
          onChange={(splitBy) => onChange({ splitBy })}
        />
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label="Length in tokens"
            hint="A token is about ¾ of a word."
            value={value.targetTokens}
            min={50}
            max={2000}
            isChanged={isChanged("targetTokens")}
            onChange={(targetTokens) => onChange({ targetTokens })}
          />
          <NumberField
            label="Overlap in tokens"
            hint="Repeated from the passage before."
            value={value.overlapTokens}
            min={0}
            max={200}
            isChanged={isChanged("overlapTokens")}
            onChange={(overlapTokens) => onChange({ overlapTokens })}
          />
        </div>
      </FieldGroup>
      <FieldGroup title="Meaning" hint={hint("embedder")}>
        <EmbedderField
          value={value}
          embedders={embedders}
          isChanged={isChanged("embedder") || isChanged("dimensions")}
          onChange={onChange}
        />
      </FieldGroup>
      <FieldGroup title="Words" hint={hint("language")}>
        <ChoiceField
          label="Language"
          hint="Decides which forms of a word count as one, and the stop words."
          value={value.language}
          options={languageOptions}
          isChanged={isChanged("language")}
          onChange={(language) => onChange({ language })}
        />
        <SwitchField
          label="Forms of a word count as one"
          hint="“running” finds “run”."
          value={value.stem}
          isChanged={isChanged("stem")}
          onChange={(stem) => onChange({ stem })}
        />
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label="Weight of the title"
            hint="Times a word of the text."
            value={value.fieldWeights.title}
            min={0}
            max={5}
            isChanged={isChanged("fieldWeights")}
            onChange={(title) => onChange({ fieldWeights: { ...value.fieldWeights, title } })}
          />
          <NumberField
            label="Weight of the heading"
            hint="Times a word of the text."
            value={value.fieldWeights.section}
            min={0}
            max={5}
            isChanged={isChanged("fieldWeights")}
            onChange={(section) => onChange({ fieldWeights: { ...value.fieldWeights, section } })}
          />
        </div>
      </FieldGroup>
    </>
  );
};

/** An embedder brings its dimensions and the ranking that suits it. */
const EmbedderField = ({
  value,
  embedders,
  isChanged,
  onChange,
}: {
  value: BuildConfig;
  embedders: readonly EmbedderInfo[];
  isChanged: boolean;
  onChange: (part: Partial<BuildConfig>) => void;
}) => {
  const known = embedders.find((one) => one.id === value.embedder);
  const options = [
    ...embedders
      .filter((one) => one.id !== "none")
      .map((one) => ({
        value: one.id,
        label: one.label,
      })),
    ...(known || value.embedder === "none"
      ? []
      : [{ value: value.embedder, label: `${value.embedder} (not offered here)` }]),
    { value: "none", label: "None: search by words only" },
  ];
  return (
    <>
      <ChoiceField
        label="Embedder"
        hint="Makes a vector of each passage, so that it is found by meaning. It brings its own dimensions and ranking."
        value={value.embedder}
        options={options}
        isChanged={isChanged}
        onChange={(id) => {
          const chosen = embedders.find((one) => one.id === id);
          if (chosen) onChange({ embedder: id, dimensions: chosen.dimensions, fusion: chosen.fusion });
          else if (id === "none") onChange({ embedder: id, dimensions: 0 });
        }}
      />
      <p className="-mt-2.5 break-all font-mono text-2xs text-muted-foreground">
        {value.embedder}
        {value.dimensions > 0 ? `, ${value.dimensions} dimensions` : ""}
      </p>
    </>
  );
};
