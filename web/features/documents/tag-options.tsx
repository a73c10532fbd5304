/** Tags in use, offered by the browser's own list while one types. */
export const TagOptions = ({ id, tags }: { id: string; tags: readonly string[] }) => (
  <datalist id={id}>
    {tags.slice(0, 200).map((tag) => (
      <option key={tag} value={tag} />
    ))}
  </datalist>
);
