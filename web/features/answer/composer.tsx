"use client";
import { ArrowUp, Square } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";

const questionLengthMax = 1000;

/** Where a question is written. Enter asks, Shift+Enter begins a line, Escape stops the answer. */
export const Composer = ({
  box,
  given,
  indexes,
  isBusy,
  isFollowUp,
  onAsk,
  onStop,
}: {
  box: RefObject<HTMLTextAreaElement | null>;
  /** What stands in the box at first. */
  given: string;
  indexes: readonly { slug: string; name: string }[];
  isBusy: boolean;
  isFollowUp: boolean;
  onAsk: (question: string, index: string[]) => void;
  onStop: () => void;
}) => {
  const [text, setText] = useState(given.slice(0, questionLengthMax));
  const [index, setIndex] = useState("");
  // Asked while an answer is still on its way: it follows as soon as that one ends.
  const [isNext, setNext] = useState(false);
  const send = (): void => {
    const question = text.trim();
    setNext(isBusy && question !== "");
    if (!question || isBusy) return;
    setText("");
    onAsk(question, index ? [index] : []);
  };
  useEffect(() => {
    if (isNext && !isBusy) send();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-lg border border-input bg-card shadow-sm transition-colors focus-within:border-primary focus-within:ring-2 focus-within:ring-primary/25"
    >
      <textarea
        ref={box}
        value={text}
        rows={Math.min(6, Math.max(1, text.split("\n").length))}
        maxLength={questionLengthMax}
        onChange={(event) => {
          setText(event.target.value);
          setNext(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" && isBusy) onStop();
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
        placeholder={isFollowUp ? "Ask a follow-up" : "Ask your documents a question"}
        aria-label="Your question"
        className="block w-full resize-none bg-transparent px-3.5 pt-3 pb-1 text-base leading-6 outline-none placeholder:text-muted-foreground"
      />
      <div className="flex items-center justify-between gap-2 px-2 pb-2">
        <NativeSelect
          aria-label="Where to look"
          value={index}
          onChange={(event) => setIndex(event.target.value)}
          className="min-w-0 max-w-56"
          options={[
            { value: "", label: "All indexes" },
            ...indexes.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
        />
        {isBusy ? (
          <div className="flex items-center gap-2">
            <p role="status" className="text-muted-foreground text-xs">
              {isNext ? "Asked when this answer ends" : null}
            </p>
            <Button onClick={onStop} size="sm">
              <Square className="fill-current" aria-hidden /> Stop
            </Button>
          </div>
        ) : (
          <Button type="submit" variant="primary" size="sm" disabled={text.trim() === ""}>
            <ArrowUp aria-hidden /> Ask
          </Button>
        )}
      </div>
    </form>
  );
};
