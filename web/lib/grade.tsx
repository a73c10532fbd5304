import { gradeLabels } from "@samla/contracts/plain";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { cn } from "../ui/cn.ts";

const tones: readonly BadgeTone[] = ["danger", "info", "success", "success"];
export const grades = [0, 1, 2, 3] as const;

/** How right a document is for a question; a dash while nobody said. */
export const GradeBadge = ({ grade }: { grade: number | null }) =>
  grade === null ? (
    <Badge tone="outline" title="Nobody judged this document for the question">
      not judged
    </Badge>
  ) : (
    <Badge tone={tones[grade] ?? "neutral"}>{gradeLabels[grade] ?? grade}</Badge>
  );

const chosenClasses = [
  "bg-destructive-soft text-destructive",
  "bg-info-soft text-info",
  "bg-success-soft text-success",
  "bg-success-soft text-success",
] as const;

/** Four buttons, one a grade. Pressing the chosen one takes it back where `onClear` is given. */
export const GradeButtons = ({
  name,
  value,
  onChange,
  onClear,
  isDisabled,
}: {
  /** What is judged, for screen readers. */
  name: string;
  value: number | null;
  onChange: (grade: number) => void;
  onClear?: () => void;
  isDisabled?: boolean;
}) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row of a list in all browsers
  <div role="group" aria-label={`How right is ${name}?`} className="inline-flex shrink-0 rounded-md border bg-card">
    {grades.map((grade) => (
      <button
        key={grade}
        type="button"
        disabled={isDisabled}
        aria-pressed={value === grade}
        onClick={() => (value === grade && onClear ? onClear() : onChange(grade))}
        className={cn(
          "h-7 border-l px-2 text-xs transition-colors first:rounded-l-md first:border-l-0 last:rounded-r-md focus-visible:z-10 disabled:opacity-60",
          value === grade ? cn("font-medium", chosenClasses[grade]) : "text-muted-foreground hover:bg-accent",
        )}
      >
        {gradeLabels[grade]}
      </button>
    ))}
  </div>
);
