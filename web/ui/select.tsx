"use client";
import { SelectFace, type SelectProps } from "./select-face.tsx";
import { useOnDemand } from "./use-on-demand.ts";

export type { SelectOption } from "./select-face.tsx";

const loadList = () => import("./select-list.tsx").then((module) => module.SelectList);
const opening = ["ArrowDown", "ArrowUp", "Enter", " "];

/**
 * A select of a list of options. Name it by `aria-label` or by a label's `htmlFor` and `id`. Until it is first opened it
 * is its face alone; the list's code is loaded when the pointer or the focus comes near.
 */
export const Select = (props: SelectProps) => {
  const { options, value, onValueChange: _, placeholder, ...rest } = props;
  const { Part: SelectList, isAsked, ask, comeNear } = useOnDemand(loadList);
  if (SelectList) return <SelectList {...props} />;
  const chosen = options.find((option) => option.value === value);
  return (
    <SelectFace
      {...rest}
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-busy={isAsked || undefined}
      data-placeholder={chosen ? undefined : ""}
      onPointerEnter={comeNear}
      onFocus={comeNear}
      onClick={ask}
      onKeyDown={(event) => {
        if (!opening.includes(event.key)) return;
        event.preventDefault();
        ask();
      }}
    >
      <span className="truncate">{chosen?.label ?? placeholder}</span>
    </SelectFace>
  );
};
