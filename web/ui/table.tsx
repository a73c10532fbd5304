import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const Table = ({ className, ...rest }: ComponentProps<"table">) => (
  <table className={cn("w-full border-collapse text-left text-sm", className)} {...rest} />
);
export const TableHead = ({ className, ...rest }: ComponentProps<"thead">) => (
  <thead className={cn("sticky top-0 z-10 bg-background text-muted-foreground text-xs", className)} {...rest} />
);
export const TableBody = (props: ComponentProps<"tbody">) => <tbody {...props} />;
export const TableRow = ({ className, ...rest }: ComponentProps<"tr">) => (
  <tr
    className={cn(
      "border-b transition-colors last:border-b-0 hover:bg-surface aria-selected:bg-primary-soft",
      className,
    )}
    {...rest}
  />
);
export const TableHeaderCell = ({ className, ...rest }: ComponentProps<"th">) => (
  <th scope="col" className={cn("h-8 whitespace-nowrap border-b px-3 font-medium", className)} {...rest} />
);
export const TableCell = ({ className, ...rest }: ComponentProps<"td">) => (
  <td className={cn("h-10 px-3 py-1.5 align-middle", className)} {...rest} />
);
