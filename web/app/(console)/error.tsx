"use client";
export { PageError as default } from "../../lib/page-error.tsx";
