// Stands in for @aws-sdk/client-lambda in the bundle (lib/bundle-options.ts): the durable SDK loads that package by a
// dynamic import, which keeps all 56 KB of it that nobody uses. By path, because its name leads back here.
export { LambdaClient } from '../../node_modules/@aws-sdk/client-lambda/dist-es/LambdaClient.js';
export { CheckpointDurableExecutionCommand } from '../../node_modules/@aws-sdk/client-lambda/dist-es/commands/CheckpointDurableExecutionCommand.js';
export { GetDurableExecutionStateCommand } from '../../node_modules/@aws-sdk/client-lambda/dist-es/commands/GetDurableExecutionStateCommand.js';
