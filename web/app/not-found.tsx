import { SearchX } from "lucide-react";
import Link from "next/link";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

const NotFound = () => (
  <main>
    <EmptyState
      icon={SearchX}
      title="There is no such page"
      actions={
        <Button asChild variant="primary">
          <Link href="/search">Go to search</Link>
        </Button>
      }
    >
      The address may be mistyped, or the thing it named is gone.
    </EmptyState>
  </main>
);
export default NotFound;
