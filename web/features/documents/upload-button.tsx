"use client";
import type { Principal } from "@samla/contracts";
import { Upload } from "lucide-react";
import dynamic from "next/dynamic";
import { type ChangeEvent, type RefObject, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { useOnDemand } from "../../ui/use-on-demand.ts";
import { type FoundFile, filesOfInput } from "./folder-walk.ts";

const loadMenu = () => import("./upload-menu.tsx").then((module) => module.UploadMenu);
const UploadReadersDialog = dynamic(
  () => import("./upload-readers-dialog.tsx").then((module) => module.UploadReadersDialog),
  { ssr: false },
);

/** Not in the types of React, and in every browser. */
const folderOnly = { webkitdirectory: "" };

/** Chooses files or a whole folder. `fileInput` is the input behind it, so that others may open it too. */
export const UploadButton = ({
  onFiles,
  fileInput,
  variant = "primary",
}: {
  /** `readers` when not all readers of the index may read them. */
  onFiles: (files: FoundFile[], readers?: Principal[]) => unknown;
  fileInput: RefObject<HTMLInputElement | null>;
  variant?: "primary" | "secondary";
}) => {
  const folderInput = useRef<HTMLInputElement>(null);
  const [isNaming, setNaming] = useState(false);
  // Who may read what is chosen next.
  const readers = useRef<Principal[]>(undefined);
  const choose = (what: "files" | "folder", named?: Principal[]) => {
    const input = (what === "files" ? fileInput : folderInput).current;
    readers.current = named;
    // The browser's dialog may be left without a choice; the next one then knows nothing of these readers.
    input?.addEventListener("cancel", () => (readers.current = undefined), { once: true });
    input?.click();
  };
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    void onFiles(filesOfInput(event.target.files ?? []), readers.current);
    readers.current = undefined;
    // The same file chosen again must count as a change.
    event.target.value = "";
  };
  const { Part: UploadMenu, ask, comeNear } = useOnDemand(loadMenu);
  const face = (
    <Button
      variant={variant}
      aria-haspopup="menu"
      onPointerEnter={comeNear}
      onFocus={comeNear}
      {...(UploadMenu ? {} : { onClick: ask })}
    >
      <Upload aria-hidden /> Upload
    </Button>
  );
  return (
    <>
      <input ref={fileInput} type="file" multiple hidden onChange={take} data-testid="file-input" />
      <input ref={folderInput} type="file" hidden {...folderOnly} onChange={take} data-testid="folder-input" />
      {UploadMenu ? (
        <UploadMenu
          trigger={face}
          onFiles={() => choose("files")}
          onFolder={() => choose("folder")}
          onReaders={() => setNaming(true)}
        />
      ) : (
        face
      )}
      {isNaming ? (
        <UploadReadersDialog onClose={() => setNaming(false)} onChoose={(named, what) => choose(what, named)} />
      ) : null}
    </>
  );
};
