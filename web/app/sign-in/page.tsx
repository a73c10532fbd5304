import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getEnv } from "../../bff/env.ts";
import { readPerson } from "../../bff/person.ts";
import { safeReturnTo } from "../../bff/return-to.ts";
import type { SignInProblem } from "../../bff/sign-in.ts";
import { buttonVariants } from "../../ui/button.tsx";
import { Logo } from "../../ui/logo.tsx";

export const metadata: Metadata = { title: "Sign in" };

const problems: Record<SignInProblem, string> = {
  denied: "Sign-in was not allowed. If you should have access, ask your administrator.",
  expired: "That sign-in took too long or was opened elsewhere. Please try again.",
  failed: "Sign-in did not work. Please try again.",
  unavailable: "The sign-in service does not answer at the moment. Please try again shortly.",
};

const isProblem = (value: unknown): value is SignInProblem => typeof value === "string" && value in problems;
const textOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const SignInPage = async ({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) => {
  const query = await searchParams;
  const returnTo = safeReturnTo(textOf(query.return_to), getEnv().SAMLA_PUBLIC_URL);
  const problem = textOf(query.problem);
  if (!problem && (await readPerson()).kind === "signed-in") redirect(returnTo);
  const href = `/auth/sign-in${returnTo === "/" ? "" : `?${new URLSearchParams({ return_to: returnTo })}`}`;
  return (
    <main className="grid min-h-dvh place-items-center bg-surface p-4">
      <div className="w-full max-w-sm rounded-xl border bg-card p-8 shadow-md">
        <Logo />
        <h1 className="mt-8 text-balance font-semibold text-2xl tracking-tight">
          Find the <mark>passage</mark>, see it in its source.
        </h1>
        <p className="mt-2 text-muted-foreground text-sm">
          {query.reason === "expired"
            ? "Your session has ended. Sign in to go on where you were."
            : "Sign in to search your documents."}
        </p>
        {isProblem(problem) ? (
          <p role="alert" className="mt-4 rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
            {problems[problem]}
          </p>
        ) : null}
        <a href={href} className={buttonVariants({ variant: "primary", size: "lg", className: "mt-6 w-full" })}>
          Sign in
        </a>
      </div>
    </main>
  );
};
export default SignInPage;
