"use client";
import { FileUp, FolderUp, LockKeyhole } from "lucide-react";
import type { ReactNode } from "react";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "../../ui/dropdown-menu.tsx";
import { Kbd } from "../../ui/kbd.tsx";

/** Files or a folder; open from the start: it is made when asked for. */
export const UploadMenu = ({
  trigger,
  onFiles,
  onFolder,
  onReaders,
}: {
  trigger: ReactNode;
  onFiles: () => void;
  onFolder: () => void;
  onReaders: () => void;
}) => (
  <DropdownMenu defaultOpen>
    <DropdownMenuTrigger asChild>{trigger}</DropdownMenuTrigger>
    <DropdownMenuContent align="end">
      <DropdownMenuItem onSelect={onFiles}>
        <FileUp aria-hidden /> Files… <Kbd className="ml-auto">u</Kbd>
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={onFolder}>
        <FolderUp aria-hidden /> Folder with all below it…
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={onReaders}>
        <LockKeyhole aria-hidden /> For some readers only…
      </DropdownMenuItem>
    </DropdownMenuContent>
  </DropdownMenu>
);
