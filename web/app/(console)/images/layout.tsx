import type { Metadata } from "next";
import { type ReactNode, Suspense } from "react";
import { ImagesScreen } from "./images-screen.tsx";

export const metadata: Metadata = { title: "Images" };

const ImagesLayout = ({ children }: { children: ReactNode }) => (
  <ImagesScreen>
    <Suspense>{children}</Suspense>
  </ImagesScreen>
);
export default ImagesLayout;
