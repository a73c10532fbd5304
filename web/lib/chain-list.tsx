import type { Chain } from "@samla/contracts";
import {
  Bot,
  Boxes,
  Container,
  FileText,
  GitCommitHorizontal,
  type LucideIcon,
  MessageSquareText,
  Quote,
  Rocket,
  ShieldAlert,
} from "lucide-react";
import Link from "next/link";
import { CopyableId } from "../ui/copyable-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

const kinds: Record<Chain["nodes"][number]["kind"], { label: string; icon: LucideIcon }> = {
  answer: { label: "Answer", icon: MessageSquareText },
  passage: { label: "Passage", icon: Quote },
  version: { label: "Version", icon: FileText },
  build: { label: "Build", icon: Boxes },
  task: { label: "Task", icon: Bot },
  release: { label: "Release", icon: Rocket },
  image: { label: "Image", icon: Container },
  finding: { label: "Finding", icon: ShieldAlert },
  commit: { label: "Commit", icon: GitCommitHorizontal },
};

/** Everything that hangs together, from an answer to the commit; every part leads to its own page. */
export const ChainList = ({ chain }: { chain: Chain }) => (
  <>
    <ol className="divide-y rounded-lg border bg-card text-sm">
      {chain.nodes.map((node) => {
        const { label, icon: Icon } = kinds[node.kind];
        return (
          <li key={`${node.kind} ${node.id}`} className="flex items-start gap-3 px-4 py-2">
            <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
            <span className="w-16 shrink-0 text-muted-foreground text-xs leading-5">{label}</span>
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-x-2">
                {node.href ? (
                  <Link href={node.href} className="wrap-anywhere text-link hover:underline">
                    {node.title}
                  </Link>
                ) : (
                  <span className="wrap-anywhere">{node.title}</span>
                )}
                <CopyableId id={node.id} label={`${label.toLowerCase()} id`} className="min-h-6" />
              </p>
              {node.detail ? <p className="wrap-anywhere text-muted-foreground text-xs">{node.detail}</p> : null}
            </div>
            {node.at ? (
              <RelativeTime at={node.at} className="shrink-0 whitespace-nowrap text-muted-foreground text-xs" />
            ) : null}
          </li>
        );
      })}
    </ol>
    {chain.problems.length > 0 ? (
      <ul className="mt-1.5 list-disc pl-5 text-warning text-xs">
        {chain.problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    ) : null}
  </>
);
