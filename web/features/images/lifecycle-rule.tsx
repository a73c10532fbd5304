"use client";
import type { LifecycleRule } from "@samla/contracts";
import { X } from "lucide-react";
import { ChoiceField, ListField, NumberField } from "../../lib/build-config/fields.tsx";
import { Button } from "../../ui/button.tsx";

const tagOptions = [
  { value: "untagged", label: "without a tag" },
  { value: "tagged", label: "with a tag like" },
  { value: "any", label: "of any kind" },
] as const;
const countOptions = [
  { value: "imageCountMoreThan", label: "the newest stay" },
  { value: "sinceImagePushed", label: "days after the push" },
  { value: "sinceImagePulled", label: "days after the last pull" },
] as const;

/** One rule: which images, and when they go. */
export const RuleFields = ({
  n,
  rule,
  isDisabled,
  onChange,
  onRemove,
}: {
  n: number;
  rule: LifecycleRule;
  isDisabled: boolean;
  onChange: (rule: LifecycleRule) => void;
  onRemove: () => void;
}) => (
  <li className="rounded-lg border bg-card p-3">
    <div className="mb-2 flex items-center justify-between gap-2">
      <p className="text-muted-foreground text-xs">
        Rule {n}
        {rule.description ? `: ${rule.description}` : ""}
      </p>
      {isDisabled ? null : (
        <Button variant="ghost" size="icon-sm" aria-label={`Remove rule ${n}`} onClick={onRemove}>
          <X aria-hidden />
        </Button>
      )}
    </div>
    <div className="grid gap-3 sm:grid-cols-3">
      <ChoiceField
        label="Images"
        value={rule.tagStatus}
        options={tagOptions}
        isDisabled={isDisabled}
        onChange={(tagStatus) =>
          onChange({ ...rule, tagStatus, tagPatterns: tagStatus === "tagged" ? rule.tagPatterns : [] })
        }
      />
      <NumberField
        label={rule.countType === "imageCountMoreThan" ? "How many" : "How long"}
        value={rule.countNumber}
        min={1}
        max={100_000}
        isDisabled={isDisabled}
        onChange={(countNumber) => onChange({ ...rule, countNumber })}
      />
      <ChoiceField
        label="When they go"
        value={rule.countType}
        options={countOptions}
        isDisabled={isDisabled}
        onChange={(countType) => onChange({ ...rule, countType })}
      />
    </div>
    {rule.tagStatus === "tagged" ? (
      <div className="mt-3">
        <ListField
          label="Tags like"
          hint="One a line, with * for anything; all must fit."
          value={rule.tagPatterns}
          parse={(text) =>
            text
              .split("\n")
              .map((line) => line.trim())
              .filter(Boolean)
          }
          print={(patterns) => patterns.join("\n")}
          rows={2}
          isDisabled={isDisabled}
          onChange={(tagPatterns) => onChange({ ...rule, tagPatterns })}
        />
      </div>
    ) : null}
  </li>
);
