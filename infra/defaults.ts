import { accountId, region, settings } from "./stage.ts";

/** Statement that lets one AWS service assume a role. */
export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });

/** Holds for every function, those that SST makes inside its own components too: no unset default of SST remains. */
$transform(sst.aws.Function, (args, _, name) => {
  args.runtime ??= "nodejs24.x";
  args.architecture ??= "x86_64";
  args.logging ??= { retention: settings.logRetention, format: "json" };
  const before = args.transform?.role;
  args.transform = {
    ...args.transform,
    role: (role, opts, roleName) => {
      if (typeof before === "function") before(role, opts, roleName);
      else if (before) Object.assign(role, before);
      // SST 4.17 asks `!dev` of an Output, which is always true, so its own policy trusts the whole account.
      role.assumeRolePolicy = trustOf("lambda.amazonaws.com");
      // The managed policy may write any log group of the account; this one only its own.
      role.managedPolicyArns = [];
      const group = args.name ?? `${$app.name}-${$app.stage}-${name}Function-*`;
      const own = $interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${group}:*`;
      role.inlinePolicies = $util.all([$output(role.inlinePolicies ?? []), own]).apply(([policies, logs]) => [
        ...policies,
        {
          name: "logs",
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: [logs] }],
          }),
        },
      ]);
      return undefined;
    },
  };
});
