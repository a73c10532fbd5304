/** Sent along with every page, so it is plain HTML that needs no script of its own. */
const NotFound = () => (
  <main className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
    <div className="mb-4 flex size-11 items-center justify-center rounded-xl border bg-surface">
      <svg
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        className="size-5 text-muted-foreground"
        aria-hidden
      >
        <circle cx="11" cy="11" r="8" />
        <path d="m21 21-4.3-4.3m-8.2-3.2 5-5m-5 0 5 5" />
      </svg>
    </div>
    <h2 className="font-semibold text-lg">There is no such page</h2>
    <p className="mt-1 text-pretty text-muted-foreground text-sm">
      The address may be mistyped, or the thing it named is gone.
    </p>
    <a
      href="/search"
      className="mt-5 inline-flex h-8 items-center rounded-md bg-primary px-3 font-medium text-primary-foreground text-sm shadow-xs hover:bg-primary-hover"
    >
      Go to search
    </a>
  </main>
);
export default NotFound;
