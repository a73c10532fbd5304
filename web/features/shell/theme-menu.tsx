"use client";
import { DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem } from "../../ui/dropdown-menu.tsx";
import { setTheme, type Theme, useTheme } from "./theme.ts";

const themes = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const satisfies { value: Theme; label: string }[];

export const ThemeItems = () => {
  const theme = useTheme();
  return (
    <>
      <DropdownMenuLabel>Theme</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
        {themes.map(({ value, label }) => (
          <DropdownMenuRadioItem key={value} value={value}>
            {label}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
};
