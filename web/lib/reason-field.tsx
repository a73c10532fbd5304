import { Field, Input } from "../ui/input.tsx";

const reasonLengthMin = 3;
const reasonLengthMax = 500;

export const isReason = (text: string): boolean => text.trim().length >= reasonLengthMin;

/** Why something is done: kept in the history with the name of who did it. */
export const ReasonField = ({
  id,
  label,
  hint,
  value,
  onChange,
}: {
  id: string;
  label: string;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
}) => (
  <Field id={id} label={label} hint={hint}>
    {(ids) => (
      <Input
        {...ids}
        value={value}
        maxLength={reasonLengthMax}
        required
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);
