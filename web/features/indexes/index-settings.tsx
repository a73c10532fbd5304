"use client";
import type { IndexDetail } from "@samla/contracts";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { formatPlural } from "../../lib/format.ts";
import { useCan } from "../../lib/me.ts";
import { toastError } from "../../lib/query-error.tsx";
import { ConfirmDialog } from "../../ui/alert-dialog.tsx";
import { Button } from "../../ui/button.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.ts";
import { useDeleteIndex } from "./mutations.ts";
import { indexOptions } from "./queries.ts";
import { RulesForm } from "./rules-form.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** Everything about an index that may be changed without a new build, and its end. */
export const IndexSettings = ({ slug }: { slug: string }) => {
  const index = useQuery(indexOptions(slug));
  const mayWrite = useCan("indexes.write");
  if (!index.data)
    return (
      <LoadingRegion label="Loading settings">
        <Skeleton className="h-64 w-full max-w-xl" />
      </LoadingRegion>
    );
  return (
    <>
      <Section title="Settings" hint={mayWrite ? undefined : "Only administrators may change them."}>
        <SettingsForm index={index.data} isReadOnly={!mayWrite} />
      </Section>
      <div className="mt-10">
        <Section title="Rules for builds and searches">
          <RulesForm index={index.data} isReadOnly={!mayWrite} />
        </Section>
      </div>
      {mayWrite ? <DangerZone index={index.data} /> : null}
    </>
  );
};

const Section = ({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) => (
  <section aria-label={title}>
    <h2 className="font-semibold text-lg">{title}</h2>
    {hint ? <p className="text-muted-foreground text-sm">{hint}</p> : null}
    <div className="mt-3">{children}</div>
  </section>
);

const DangerZone = ({ index }: { index: IndexDetail }) => {
  const router = useRouter();
  const remove = useDeleteIndex(index.slug);
  const [isOpen, setOpen] = useState(false);
  return (
    <section
      aria-label="Delete"
      className="mt-10 flex max-w-xl flex-wrap items-center justify-between gap-3 rounded-lg border border-destructive p-4"
    >
      <div>
        <h2 className="font-medium">Delete this index</h2>
        <p className="text-muted-foreground text-sm">
          {index.settings.protection.protected
            ? "It is protected. Take its protection off above first."
            : `It takes its ${formatPlural(index.documents, "document")} with it, for good. This cannot be undone.`}
        </p>
      </div>
      <Button variant="destructive" onClick={() => setOpen(true)} disabled={index.settings.protection.protected}>
        Delete index
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete “${index.name}”?`}
        description={`${formatPlural(index.documents, "document")} with all versions will be gone for good, and nobody will find them any more.`}
        confirmLabel="Delete for good"
        confirmText={index.slug}
        onConfirm={async () => {
          try {
            await remove.mutateAsync();
          } catch (error) {
            toastError(error);
            throw error;
          }
          toast.success(`“${index.name}” deleted`);
          router.push("/indexes");
        }}
      />
    </section>
  );
};
