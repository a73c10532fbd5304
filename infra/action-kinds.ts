/** Reads for which AWS knows no narrower resource. Service Authorization Reference. */
export const knowsNoResource =
  /^(ecs:(ListTasks|DescribeTaskDefinition)|elasticloadbalancing:Describe\w+|application-autoscaling:Describe\w+|cloudwatch:(GetMetricData|DescribeAlarms)|ecr:(DescribeRegistry|GetAuthorizationToken))$/;
/** Calls that hand the stacks' role on. */
export const passesRole = /^cloudformation:(CreateChangeSet|DeleteStack)$/;
