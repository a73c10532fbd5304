import { FolderUp } from "lucide-react";

/** Shown while files are held over the page. */
export const DropOverlay = ({ indexName }: { indexName: string }) => (
  <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-background/80 p-6">
    <div className="flex w-full max-w-xl flex-col items-center gap-2 rounded-xl border-2 border-primary border-dashed bg-popover px-6 py-16 text-center shadow-lg">
      <FolderUp className="size-7 text-primary" aria-hidden />
      <p className="font-semibold text-lg">Drop to upload into {indexName}</p>
      <p className="text-muted-foreground text-sm">Files, or whole folders with everything below them</p>
    </div>
  </div>
);
