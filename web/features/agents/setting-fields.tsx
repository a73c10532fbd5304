"use client";
import type { AgentManifest, AgentSetting } from "@samla/contracts";
import { isSameValue } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Changed, ChoiceField, ListField, NumberField, SwitchField } from "../../lib/build-config/fields.tsx";
import { Field, Input, Textarea } from "../../ui/input.tsx";
import { type SettingValue, valueOfSetting } from "./manifest.ts";
import { embedderChoicesOptions, indexChoicesOptions } from "./queries.ts";

type Settings = Record<string, unknown>;

/** An agent's own settings, a field each as its manifest describes it. */
export const SettingFields = ({
  manifest,
  value,
  base,
  problems,
  onChange,
}: {
  manifest: AgentManifest;
  value: Settings;
  base: Settings | undefined;
  problems: Readonly<Record<string, string>>;
  onChange: (settings: Settings) => void;
}) => (
  <>
    {Object.entries(manifest.settings).map(([name, setting]) => (
      <SettingField
        key={name}
        name={name}
        setting={setting}
        value={valueOfSetting(setting, value[name])}
        isChanged={
          base !== undefined && !isSameValue(valueOfSetting(setting, value[name]), valueOfSetting(setting, base[name]))
        }
        error={problems[name]}
        onChange={(next) => onChange({ ...value, [name]: next })}
      />
    ))}
  </>
);

type FieldProps = {
  name: string;
  setting: AgentSetting;
  value: SettingValue;
  isChanged: boolean;
  error: string | undefined;
  onChange: (value: SettingValue) => void;
};

const SettingField = ({ name, setting, value, isChanged, error, onChange }: FieldProps) => {
  const { title: label, description: hint } = setting;
  if (setting.kind === "index" && setting.type === "text")
    return <NamedField {...{ name, setting, value, isChanged, error, onChange }} of="index" />;
  if (setting.kind === "embedder" && setting.type === "text")
    return <NamedField {...{ name, setting, value, isChanged, error, onChange }} of="embedder" />;
  if (setting.type === "switch")
    return <SwitchField {...{ label, hint, isChanged, onChange }} value={value === true} />;
  if (setting.type === "number")
    return (
      <NumberField
        {...{ label, hint, isChanged, onChange }}
        value={Number(value)}
        min={setting.min ?? 0}
        max={setting.max ?? 1_000_000_000}
        step={Number.isInteger(setting.default ?? 0) ? 1 : 0.01}
      />
    );
  if (setting.type === "choice")
    return (
      <ChoiceField {...{ label, hint, isChanged, onChange }} value={String(value)} options={setting.choices ?? []} />
    );
  if (setting.type === "list")
    return (
      <ListField
        {...{ label, isChanged, onChange }}
        hint={hint ? `${hint} One a line.` : "One a line."}
        value={Array.isArray(value) ? (value as string[]) : []}
        parse={(text) =>
          text
            .split("\n")
            .map((line) => line.trim())
            .filter(Boolean)
        }
        print={(lines) => lines.join("\n")}
      />
    );
  return <TextField {...{ name, setting, value, isChanged, error, onChange }} />;
};

const Label = ({ setting, isChanged }: Pick<FieldProps, "setting" | "isChanged">) => (
  <>
    {setting.title}
    {setting.required ? null : <span className="font-normal text-muted-foreground"> (optional)</span>}{" "}
    <Changed isChanged={isChanged} />
  </>
);

const TextField = ({ setting, value, isChanged, error, onChange }: FieldProps) => {
  const id = useId();
  const Control = setting.type === "long-text" ? Textarea : Input;
  return (
    <Field id={id} label={<Label {...{ setting, isChanged }} />} hint={setting.description} error={error}>
      {(ids) => (
        <Control
          {...ids}
          value={String(value)}
          spellCheck={setting.type === "long-text"}
          onChange={(event: { target: { value: string } }) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
};

/** A setting that names what must exist: typed, with what there is offered. */
const NamedField = ({ setting, value, isChanged, error, onChange, of }: FieldProps & { of: "index" | "embedder" }) => {
  const id = useId();
  const indexes = useQuery({ ...indexChoicesOptions(), enabled: of === "index" });
  const embedders = useQuery({ ...embedderChoicesOptions(), enabled: of === "embedder" });
  const choices =
    of === "index"
      ? (indexes.data ?? []).map((index) => ({ value: index.slug as string, label: index.name }))
      : (embedders.data ?? []).map((embedder) => ({ value: embedder.id, label: embedder.label }));
  const isUnknown = value !== "" && choices.length > 0 && !choices.some((choice) => choice.value === value);
  return (
    <Field
      id={id}
      label={<Label {...{ setting, isChanged }} />}
      hint={setting.description}
      error={error ?? (isUnknown ? `There is no ${of} of this name, or you may not read it.` : undefined)}
    >
      {(ids) => (
        <>
          <Input
            {...ids}
            list={`${id}-list`}
            value={String(value)}
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={`${id}-list`}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
};
