"use client";
import { PlainError } from "../../lib/plain-error.tsx";
import { lazyPart } from "../../ui/lazy-part.tsx";

type Props = { error: Error & { digest?: string }; reset: () => void };

// A page may have broken because code could not be loaded; then this cannot be either.
const PageError = lazyPart<Props>(() =>
  import("../../lib/page-error.tsx").then(
    (module) => module.PageError,
    () => PlainError,
  ),
);
export default PageError;
