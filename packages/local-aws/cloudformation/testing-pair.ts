/** A template of two things, one of which mentions the other, and a third on a condition. */
export const template = `
Description: Two things, one of the other
Parameters:
  Value: { Type: String, AllowedPattern: "[a-z0-9]+", ConstraintDescription: must be of small letters }
  Name: { Type: String, Default: first }
  Size: { Type: Number, Default: 3, MinValue: 1, MaxValue: 5 }
Rules:
  Small:
    RuleCondition: !Equals [!Ref Value, tiny]
    Assertions: [{ Assert: !Contains [["1", "2"], !Ref Size], AssertDescription: a tiny one has size 1 or 2 }]
Conditions:
  Large: !Equals [!Ref Size, "5"]
Resources:
  First:
    Type: Test::Thing
    Properties: { Name: !Ref Name, Value: !Ref Value, Size: !Ref Size }
  Second:
    Type: Test::Thing
    Properties: { Value: !Sub "of-\${First.Arn}" }
  Extra:
    Type: Test::Thing
    Condition: Large
    DeletionPolicy: Retain
    Properties: { Value: extra }
Outputs:
  Arn: { Value: !GetAtt First.Arn }
`;
export const parameters = (values: Record<string, string>, previous: string[] = []) => [
  ...Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  ...previous.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
];
export const StackName = "pair";
export const first = { StackName, ChangeSetType: "CREATE" as const, TemplateBody: template };
