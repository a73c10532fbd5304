/** What the engine would answer: outputs of resources and of provider calls, in the shapes of AWS. */

export const region = "eu-central-1";
export const account = "123456789012";

type Values = Record<string, unknown>;
type ResourceArgs = { type: string; name: string; inputs: Values; id?: string };
type CallArgs = { token: string; inputs: Values };

type PolicyStatement = {
  sid?: string;
  effect?: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
};

/** Renders a policy document as the provider does. */
const policyJson = (statements: PolicyStatement[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({
      ...(one.sid ? { Sid: one.sid } : {}),
      Effect: one.effect ?? "Allow",
      ...(one.actions ? { Action: one.actions } : {}),
      ...(one.notActions ? { NotAction: one.notActions } : {}),
      ...(one.resources ? { Resource: one.resources } : {}),
      ...(one.principals
        ? {
            Principal: one.principals.some((principal) => principal.type === "*")
              ? "*"
              : Object.fromEntries(one.principals.map((principal) => [principal.type, principal.identifiers])),
          }
        : {}),
      ...(one.conditions
        ? { Condition: Object.fromEntries(one.conditions.map((of) => [of.test, { [of.variable]: of.values }])) }
        : {}),
    })),
  });

const calls: Record<string, (inputs: Values) => Values> = {
  "aws:index/getRegion:getRegion": () => ({ region, name: region, id: region }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:root`,
    userId: "u",
    id: account,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: [],
    id: region,
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (inputs) => ({
    ...inputs,
    json: policyJson((inputs.statements ?? []) as PolicyStatement[]),
    id: "policy",
  }),
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-1", imageId: "ami-1" }),
};

export const call = ({ token, inputs }: CallArgs): Values => {
  const answer = calls[token];
  if (!answer) throw new Error(`the mocks have no answer for the provider call ${token}`);
  return answer(inputs);
};

const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;

/** Outputs of the types whose outputs others read; every other type gets its inputs, a name and an ARN. */
const outputs: Record<string, (state: Values, name: string, id: string) => Values> = {
  "aws:s3/bucket:Bucket": (_, name) => ({
    bucket: name,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  }),
  "aws:sqs/queue:Queue": (_, name) => ({
    arn: arn("sqs", name),
    url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  }),
  "aws:dynamodb/table:Table": (_, name) => ({
    arn: arn("dynamodb", `table/${name}`),
    streamArn: `${arn("dynamodb", `table/${name}`)}/stream/1`,
  }),
  "aws:lambda/function:Function": (_, name) => {
    const own = arn("lambda", `function:${name}`);
    const invoke = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${own}/invocations`;
    return {
      arn: own,
      invokeArn: invoke,
      responseStreamingInvokeArn: invoke,
      qualifiedArn: `${own}:1`,
      version: "1",
      codeSha256: "0".repeat(44),
    };
  },
  "aws:lambda/functionUrl:FunctionUrl": (_, name) => ({
    functionUrl: `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/`,
  }),
  "aws:apigateway/restApi:RestApi": (_, __, id) => ({ rootResourceId: "root", executionArn: arn("execute-api", id) }),
  "aws:apigateway/account:Account": () => ({ cloudwatchRoleArn: `arn:aws:iam::${account}:role/apigw` }),
  "aws:apigatewayv2/api:Api": (_, __, id) => ({
    apiEndpoint: `wss://${id}.execute-api.${region}.amazonaws.com`,
    executionArn: arn("execute-api", id),
  }),
  "aws:iam/role:Role": (_, name) => ({ arn: `arn:aws:iam::${account}:role/${name}` }),
  "aws:iam/policy:Policy": (_, name) => ({ arn: `arn:aws:iam::${account}:policy/${name}` }),
  "aws:kms/key:Key": (_, name) => ({ arn: arn("kms", `key/${name}`), keyId: name }),
  "aws:lb/loadBalancer:LoadBalancer": (_, name) => ({
    arn: arn("elasticloadbalancing", `loadbalancer/app/${name}/1`),
    arnSuffix: `app/${name}/1`,
    dnsName: `${name}.elb.amazonaws.com`,
    zoneId: "Z",
  }),
  "aws:cloudfront/distribution:Distribution": () => ({
    domainName: "d111111abcdef8.cloudfront.net",
    hostedZoneId: "Z2",
  }),
  "aws:ecr/repository:Repository": (_, name) => ({
    arn: arn("ecr", `repository/${name}`),
    repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
  }),
  "aws:ec2/vpc:Vpc": (state) => ({ cidrBlock: state.cidrBlock ?? "10.0.0.0/16", defaultSecurityGroupId: "sg-default" }),
  "aws:cognito/userPool:UserPool": (_, __, id) => ({ endpoint: `cognito-idp.${region}.amazonaws.com/${id}` }),
  "aws:cognito/userPoolClient:UserPoolClient": () => ({ clientSecret: "client-secret" }),
  "random:index/randomBytes:RandomBytes": (state) => ({
    base64: Buffer.alloc(Number(state.length ?? 32)).toString("base64"),
  }),
  "random:index/randomPassword:RandomPassword": (state) => ({ result: "x".repeat(Number(state.length ?? 32)) }),
  "random:index/randomId:RandomId": () => ({ dec: "12345678", hex: "abcd1234" }),
};

/** A resource as it would be after it was made. */
export const newResource = ({ type, name, inputs, id: given }: ResourceArgs): { id: string; state: Values } => {
  const physical = String(inputs.name ?? inputs.bucket ?? name);
  const own = given || `${name}-id`;
  const service = type.split(":")[1]?.split("/")[0] ?? "x";
  const state: Values = {
    name: physical,
    ...(type.startsWith("aws:") ? { arn: arn(service, `${type.split(":").pop()?.toLowerCase()}/${physical}`) } : {}),
    ...inputs,
    ...outputs[type]?.(inputs, physical, own),
  };
  return { id: type === "aws:sqs/queue:Queue" ? String(state.url) : own, state };
};
