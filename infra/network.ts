import { nameOf, production, region } from "./stage.ts";

/** Where agents run: private subnets, a way out for what they call, and endpoints for what AWS answers itself. */
export const vpc = new sst.aws.Vpc("Network", { az: production ? 3 : 2, nat: "managed" });

const routeTables = vpc.nodes.privateRouteTables.apply((tables) => tables.map((one) => one.id));

for (const service of ["s3", "dynamodb"])
  new aws.ec2.VpcEndpoint(`${service}Endpoint`, {
    vpcId: vpc.id,
    serviceName: $interpolate`com.amazonaws.${region}.${service}`,
    vpcEndpointType: "Gateway",
    routeTableIds: routeTables,
  });

const fromInside = new aws.ec2.SecurityGroup("EndpointAccess", {
  name: nameOf("endpoints"),
  description: "HTTPS from inside the network to endpoints of AWS",
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [vpc.nodes.vpc.cidrBlock] }],
});

/** Images, logs and models without the way over the NAT gateway, which costs by the byte. Hour-priced, so production only. */
export const interfaceEndpoints = production ? ["ecr.api", "ecr.dkr", "logs", "bedrock-runtime"] : [];
for (const service of interfaceEndpoints)
  new aws.ec2.VpcEndpoint(`${service.replace(/\W(\w)/g, (_, letter: string) => letter.toUpperCase())}Endpoint`, {
    vpcId: vpc.id,
    serviceName: $interpolate`com.amazonaws.${region}.${service}`,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: vpc.privateSubnets,
    securityGroupIds: [fromInside.id],
  });

/** The balancer is reached from inside only; agents from the balancer and from each other. */
export const balancerAccess = new aws.ec2.SecurityGroup("BalancerAccess", {
  name: nameOf("agents-balancer"),
  description: "HTTP from inside the network to the balancer of agents",
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: [vpc.nodes.vpc.cidrBlock] }],
  egress: [{ protocol: "tcp", fromPort: 1024, toPort: 65_535, cidrBlocks: [vpc.nodes.vpc.cidrBlock] }],
});
/** API Gateway's way in: to the balancer and nowhere else. */
export const gatewayAccess = new aws.ec2.SecurityGroup("GatewayAccess", {
  name: nameOf("agents-gateway"),
  description: "API Gateway to the balancer of agents",
  vpcId: vpc.id,
  egress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: [vpc.nodes.vpc.cidrBlock] }],
});
export const agentAccess = new aws.ec2.SecurityGroup("AgentAccess", {
  name: nameOf("agents"),
  description: "The balancer and other agents to agents; agents to the outside",
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 1024, toPort: 65_535, securityGroups: [balancerAccess.id], self: true }],
  egress: [
    { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
    { protocol: "tcp", fromPort: 1024, toPort: 65_535, self: true },
  ],
});
