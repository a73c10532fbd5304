"use client";
import { isSameValue } from "@samla/contracts/plain";
import { type ReactNode, useId, useState } from "react";
import { Checkbox } from "../../ui/checkbox.tsx";
import { cn } from "../../ui/cn.ts";
import { Field, Input, Label, Textarea } from "../../ui/input.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";

/** Marks a setting that differs from the one it is held against. */
export const Changed = ({ isChanged }: { isChanged: boolean }) =>
  isChanged ? (
    <span className="ml-1.5 inline-block size-1.5 rounded-full bg-primary align-middle" title="changed">
      <span className="sr-only">changed</span>
    </span>
  ) : null;

type Common = { label: string; hint?: string; isChanged?: boolean; isDisabled?: boolean };

/** A number; what is typed is kept while it is no number, and the value stays as it was. */
export const NumberField = ({
  label,
  hint,
  value,
  min,
  max,
  step = 1,
  isChanged = false,
  isDisabled,
  onChange,
}: Common & { value: number; min: number; max: number; step?: number; onChange: (value: number) => void }) => {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const shown = draft !== undefined && (draft === "" || Number(draft) === value) ? draft : String(value);
  const isOff = value < min || value > max || (step === 1 && !Number.isInteger(value));
  return (
    <Field
      id={id}
      label={
        <>
          {label} <Changed isChanged={isChanged} />
        </>
      }
      hint={hint}
      error={isOff ? `Use ${step === 1 ? "a whole number" : "a number"} from ${min} to ${max}.` : undefined}
    >
      {(ids) => (
        <Input
          {...ids}
          type="number"
          inputMode={step === 1 ? "numeric" : "decimal"}
          className="max-w-36 tabular-nums"
          value={shown}
          min={min}
          max={max}
          step={step}
          disabled={isDisabled}
          onBlur={() => setDraft(undefined)}
          onChange={(event) => {
            setDraft(event.target.value);
            const number = event.target.valueAsNumber;
            if (Number.isFinite(number)) onChange(number);
          }}
        />
      )}
    </Field>
  );
};

export const ChoiceField = <T extends string>({
  label,
  hint,
  value,
  options,
  isChanged = false,
  isDisabled,
  onChange,
}: Common & { value: T; options: readonly { value: T; label: string }[]; onChange: (value: T) => void }) => {
  const id = useId();
  return (
    <Field
      id={id}
      label={
        <>
          {label} <Changed isChanged={isChanged} />
        </>
      }
      hint={hint}
    >
      {(ids) => (
        <NativeSelect
          {...ids}
          className="[&_select]:h-8 [&_select]:text-sm [&_svg]:top-2.5"
          options={options}
          value={value}
          disabled={isDisabled}
          onChange={(event) => {
            const chosen = options.find((one) => one.value === event.target.value);
            if (chosen) onChange(chosen.value);
          }}
        />
      )}
    </Field>
  );
};

export const SwitchField = ({
  label,
  hint,
  value,
  isChanged = false,
  isDisabled,
  onChange,
}: Common & { value: boolean; onChange: (value: boolean) => void }) => {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={value}
        disabled={isDisabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(checked) => onChange(checked === true)}
      />
      <div>
        <Label htmlFor={id}>
          {label} <Changed isChanged={isChanged} />
        </Label>
        {hint ? (
          <p id={`${id}-hint`} className="text-muted-foreground text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
};

/** A list written as text. What is typed stays as typed while it means the value; other changes of the value replace it. */
export const ListField = <T,>({
  label,
  hint,
  error,
  value,
  parse,
  print,
  rows = 4,
  isChanged = false,
  isDisabled,
  onChange,
}: Common & {
  error?: string;
  value: T;
  parse: (text: string) => T;
  print: (value: T) => string;
  rows?: number;
  onChange: (value: T) => void;
}) => {
  const id = useId();
  const [draft, setDraft] = useState("");
  const shown = isSameValue(parse(draft), value) ? draft : print(value);
  return (
    <Field
      id={id}
      label={
        <>
          {label} <Changed isChanged={isChanged} />
        </>
      }
      hint={hint}
      error={error}
    >
      {(ids) => (
        <Textarea
          {...ids}
          rows={rows}
          className="min-h-0"
          value={shown}
          spellCheck={false}
          disabled={isDisabled}
          onChange={(event) => {
            setDraft(event.target.value);
            onChange(parse(event.target.value));
          }}
        />
      )}
    </Field>
  );
};

/** A part of the form with its name and what it is about. */
export const FieldGroup = ({
  title,
  hint,
  className,
  children,
}: {
  title: string;
  hint?: string;
  className?: string;
  children: ReactNode;
}) => (
  <fieldset className={cn("grid gap-4 border-t pt-4 first:border-t-0 first:pt-0", className)}>
    <legend className="float-left w-full">
      <span className="font-medium">{title}</span>
      {hint ? <span className="block text-muted-foreground text-xs">{hint}</span> : null}
    </legend>
    {children}
  </fieldset>
);
