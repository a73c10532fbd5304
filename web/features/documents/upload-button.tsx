"use client";
import { FileUp, FolderUp, Upload } from "lucide-react";
import { type ChangeEvent, type RefObject, useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "../../ui/dropdown-menu.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { type FoundFile, filesOfInput } from "./folder-walk.ts";

/** Not in the types of React, and in every browser. */
const folderOnly = { webkitdirectory: "" };

/** Chooses files or a whole folder. `fileInput` is the input behind it, so that others may open it too. */
export const UploadButton = ({
  onFiles,
  fileInput,
  variant = "primary",
}: {
  onFiles: (files: FoundFile[]) => unknown;
  fileInput: RefObject<HTMLInputElement | null>;
  variant?: "primary" | "secondary";
}) => {
  const folderInput = useRef<HTMLInputElement>(null);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    void onFiles(filesOfInput(event.target.files ?? []));
    // The same file chosen again must count as a change.
    event.target.value = "";
  };
  return (
    <>
      <input ref={fileInput} type="file" multiple hidden onChange={take} data-testid="file-input" />
      <input ref={folderInput} type="file" hidden {...folderOnly} onChange={take} data-testid="folder-input" />
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant={variant}>
            <Upload aria-hidden /> Upload
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={() => fileInput.current?.click()}>
            <FileUp aria-hidden /> Files… <Kbd className="ml-auto">u</Kbd>
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => folderInput.current?.click()}>
            <FolderUp aria-hidden /> Folder with all below it…
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
    </>
  );
};
