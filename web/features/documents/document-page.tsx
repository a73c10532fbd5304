"use client";
import type { Document, DocumentId } from "@samla/contracts";
import { isInProgress } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Ban, Download, Eye, FileUp, LockKeyhole, MoreHorizontal, RefreshCw, Trash2, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useRef, useState } from "react";
import { formatCount } from "../../lib/format.ts";
import { can, useCan, useMe } from "../../lib/me.ts";
import { viewPath } from "../../lib/paths.ts";
import { QueryError } from "../../lib/query-error.tsx";
import { oneOfParam, useUrlState } from "../../lib/url-state.ts";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "../../ui/dropdown-menu.tsx";
import { PageBody, PageHeader } from "../../ui/page-header.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { LoadingRegion, Skeleton } from "../../ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../../ui/tabs.tsx";
import { type DocumentAction, documentActions } from "./actions.ts";
import { StatusBadge } from "./document-cells.tsx";
import { DocumentOverview } from "./document-overview.tsx";
import { isMoving } from "./filter.ts";
import { filesOfInput } from "./folder-walk.ts";
import { downloadDocument, useChangeDocument } from "./mutations.ts";
import { PassageList } from "./passage-list.tsx";
import { documentOptions, versionsOptions } from "./queries.ts";
import { ReadersBadge } from "./readers-badge.tsx";
import { RenameTitle } from "./rename-title.tsx";
import { TagEditor } from "./tag-editor.tsx";
import { useAddFiles } from "./use-add-files.ts";
import { VersionList } from "./version-list.tsx";

const DocumentAccess = dynamic(() => import("./document-access.tsx").then((module) => module.DocumentAccess), {
  ssr: false,
});

type Slots = {
  /** The source of a document, where the viewer is there. */
  preview?: (document: Document) => ReactNode;
  /** What happened to it. */
  activity?: (document: Document) => ReactNode;
};

/** One document: its fate, versions, passages, source and events. */
export const DocumentPage = ({ documentId, ...slots }: { documentId: string } & Slots) => {
  const document = useQuery(documentOptions(documentId));
  if (document.isPending)
    return (
      <PageBody>
        <LoadingRegion label="Loading the document" className="grid gap-4">
          <Skeleton className="h-7 w-80" />
          <Skeleton className="h-5 w-56" />
          <Skeleton className="h-72 w-full" />
        </LoadingRegion>
      </PageBody>
    );
  if (document.isError && !document.data)
    return (
      <PageBody>
        <QueryError
          error={document.error}
          onRetry={() => void document.refetch()}
          retrying={document.isFetching}
          actions={
            <Button asChild>
              <Link href="/documents">All documents</Link>
            </Button>
          }
        />
      </PageBody>
    );
  return <LoadedDocument document={document.data} {...slots} />;
};

const tabs = ["overview", "versions", "passages", "preview", "activity"] as const;

const LoadedDocument = ({ document, preview, activity }: { document: Document } & Slots) => {
  const { data: me } = useMe();
  const [tab, setTab] = useUrlState("tab", oneOfParam(tabs).withDefault("overview"));
  const versions = useQuery(versionsOptions(document.id, isMoving(document)));
  const change = useChangeDocument(document);
  const maySeeEvents = useCan("events.read");
  const actions = documentActions(document, (permission) => can(me, permission), Date.now());
  const head = versions.data?.items.find((version) => version.id === document.headVersionId);
  const [isSharing, setSharing] = useState(false);
  const replaceInput = useRef<HTMLInputElement>(null);
  const addFiles = useAddFiles(document.index);
  const isReprocessing = change.isPending && change.variables.verb === "reprocess";
  return (
    <PageBody>
      <input
        ref={replaceInput}
        type="file"
        hidden
        data-testid="replace-input"
        onChange={(event) => {
          void addFiles(filesOfInput(event.target.files ?? []), { replaces: document.id as DocumentId });
          event.target.value = "";
        }}
      />
      <PageHeader
        breadcrumb={
          <>
            <Link href={`/documents?index=${document.index}`} className="hover:text-foreground hover:underline">
              {document.index}
            </Link>
            {document.path ? ` / ${document.path.split("/").join(" / ")}` : ""}
          </>
        }
        title={
          <RenameTitle
            name={document.name}
            canRename={actions.has("rename")}
            onRename={(name) => change.mutateAsync({ verb: "rename", name })}
          />
        }
        meta={
          <>
            <StatusBadge status={document.status} />
            <CopyableId id={document.id} label="document id" />
            {actions.has("access") && document.readers ? <ReadersBadge readers={document.readers} /> : null}
            <TagEditor
              document={document}
              canEdit={actions.has("tag")}
              onChange={(tags) => change.mutate({ verb: "tags", tags })}
            />
          </>
        }
        actions={
          <PageActions
            document={document}
            actions={actions}
            isBusy={change.isPending}
            onChange={(verb) => change.mutate({ verb })}
            onReplace={() => replaceInput.current?.click()}
            onShare={() => setSharing(true)}
          />
        }
      />
      {document.deletedAt ? (
        <p role="status" className="mb-4 rounded-md bg-warning-soft px-3 py-2 text-sm">
          Deleted <RelativeTime at={document.deletedAt} />; no search finds it.
          {document.purgeAt ? (
            <>
              {" "}
              It can be restored until it is purged <RelativeTime at={document.purgeAt} />.
            </>
          ) : null}
        </p>
      ) : null}
      {isInProgress(document.status) && document.liveVersionId && document.liveVersionId !== document.headVersionId ? (
        <p role="status" className="mb-4 rounded-md bg-info-soft px-3 py-2 text-sm">
          Searches find the version before until this one is ready.
        </p>
      ) : null}
      <Tabs value={tab} onValueChange={(next) => setTab(tabs.find((one) => one === next) ?? "overview")}>
        <TabsList aria-label="Parts of the document">
          <TabsTrigger value="overview">Overview</TabsTrigger>
          <TabsTrigger value="versions">
            Versions <Count value={document.versionCount} />
          </TabsTrigger>
          <TabsTrigger value="passages">
            Passages <Count value={document.passages} />
          </TabsTrigger>
          {preview && document.liveVersionId ? <TabsTrigger value="preview">Preview</TabsTrigger> : null}
          {activity && maySeeEvents ? <TabsTrigger value="activity">Activity</TabsTrigger> : null}
        </TabsList>
        <TabsContent value="overview">
          <DocumentOverview
            document={document}
            head={head}
            onRetry={actions.has("reprocess") ? () => change.mutate({ verb: "reprocess" }) : undefined}
            isRetrying={isReprocessing}
            onShare={actions.has("access") ? () => setSharing(true) : undefined}
            replace={
              actions.has("replace") ? (
                <Button onClick={() => replaceInput.current?.click()}>
                  <FileUp aria-hidden /> Upload another file for it
                </Button>
              ) : null
            }
          />
        </TabsContent>
        <TabsContent value="versions">
          {versions.data ? (
            <VersionList
              document={document}
              versions={versions.data.items}
              onMakeLive={(version) => change.mutateAsync({ verb: "make-live", versionId: version.id })}
            />
          ) : versions.isError ? (
            <QueryError error={versions.error} onRetry={() => void versions.refetch()} retrying={versions.isFetching} />
          ) : (
            <Skeleton className="h-40 w-full" />
          )}
        </TabsContent>
        <TabsContent value="passages">
          <PassageList document={document} />
        </TabsContent>
        {preview && document.liveVersionId ? <TabsContent value="preview">{preview(document)}</TabsContent> : null}
        {activity && maySeeEvents ? <TabsContent value="activity">{activity(document)}</TabsContent> : null}
      </Tabs>
      {isSharing ? <DocumentAccess document={document} onClose={() => setSharing(false)} /> : null}
    </PageBody>
  );
};

const Count = ({ value }: { value: number }) => (
  <span className="text-muted-foreground text-xs tabular-nums">{formatCount(value)}</span>
);

const PageActions = ({
  document,
  actions,
  isBusy,
  onChange,
  onReplace,
  onShare,
}: {
  document: Document;
  actions: ReadonlySet<DocumentAction>;
  isBusy: boolean;
  onChange: (verb: "reprocess" | "cancel" | "delete" | "restore") => void;
  onReplace: () => void;
  onShare: () => void;
}) => (
  <>
    {actions.has("restore") ? (
      <Button variant="primary" busy={isBusy} onClick={() => onChange("restore")}>
        <Undo2 aria-hidden /> Restore
      </Button>
    ) : null}
    {actions.has("cancel") ? (
      <Button busy={isBusy} onClick={() => onChange("cancel")}>
        <Ban aria-hidden /> Cancel
      </Button>
    ) : null}
    {document.liveVersionId && !document.deletedAt ? (
      <Button asChild>
        <Link href={viewPath(document.id)} prefetch={false}>
          <Eye aria-hidden /> View
        </Link>
      </Button>
    ) : null}
    {actions.has("download") ? (
      <Button onClick={() => void downloadDocument(document.id)}>
        <Download aria-hidden /> Download
      </Button>
    ) : null}
    {actions.has("delete") || actions.has("replace") || actions.has("reprocess") ? (
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button size="icon" aria-label="More actions">
            <MoreHorizontal aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {actions.has("replace") ? (
            <DropdownMenuItem onSelect={onReplace}>
              <FileUp aria-hidden /> Upload a new version…
            </DropdownMenuItem>
          ) : null}
          {actions.has("access") ? (
            <DropdownMenuItem onSelect={onShare}>
              <LockKeyhole aria-hidden /> Who may read…
            </DropdownMenuItem>
          ) : null}
          {actions.has("reprocess") ? (
            <DropdownMenuItem onSelect={() => onChange("reprocess")}>
              <RefreshCw aria-hidden /> Reprocess
            </DropdownMenuItem>
          ) : null}
          {actions.has("delete") ? (
            <>
              <DropdownMenuSeparator />
              <DropdownMenuItem destructive onSelect={() => onChange("delete")}>
                <Trash2 aria-hidden /> Delete
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
    ) : null}
  </>
);
