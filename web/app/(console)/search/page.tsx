import type { Metadata } from "next";
import { Suspense } from "react";
import { SearchPanel } from "../../../features/search/search-panel.tsx";

export const metadata: Metadata = { title: "Search" };

const SearchPage = () => (
  <Suspense>
    <SearchPanel />
  </Suspense>
);
export default SearchPage;
