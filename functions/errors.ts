/** Closed list of what can stop a run for a reason that an operator can act on. */
export type ErrorCode =
  | 'environment-invalid'
  | 'event-invalid'
  | 'start-too-late'
  | 'policy-invalid'
  | 'policy-unreadable'
  | 'secret-missing'
  | 'secret-denied'
  | 'secret-malformed'
  | 'secret-unreachable'
  | 'harbor-unreachable'
  | 'harbor-not-signed-in'
  | 'harbor-denied'
  | 'harbor-too-old'
  | 'harbor-unexpected'
  | 'store-unreachable'
  | 'store-denied'
  | 'state-invalid'
  | 'inventory-invalid'
  | 'report-not-found'
  | 'approval-invalid'
  | 'plan-changed'
  | 'lease-held'
  | 'run-elsewhere'
  | 'trash-claimed'
  | 'run-unfinished'
  | 'run-failed'
  | 'run-died'
  | 'workloads-unreachable'
  | 'usage';

/** What to do, per code; shown below the message. */
export const remedies: Readonly<Record<ErrorCode, string>> = {
  'environment-invalid': 'Correct the variables of the function; the stack sets all of them.',
  'event-invalid':
    'Correct the input of the schedule or of the invocation; docs/deploying.md lists the fields.',
  'start-too-late':
    'Nothing: the next schedule starts a fresh run. Start one by hand if it is needed now.',
  'policy-invalid': 'Correct the policy; `harbor-retention check POLICY` shows the same problems.',
  'policy-unreadable': 'Check that the policy exists and that this identity may read it.',
  'secret-missing': 'Create the secret, or correct its ARN in the settings.',
  'secret-denied':
    'Grant secretsmanager:GetSecretValue on that one secret (and kms:Decrypt on its key).',
  'secret-malformed':
    'Store JSON: {"username": "robot$retention", "password": "…"}, optionally with "url".',
  'secret-unreachable':
    'Check the region and the route to Secrets Manager; a VPC without NAT needs its interface endpoint.',
  'harbor-unreachable':
    'Check address, DNS, routes, security groups, the proxy (HTTPS_PROXY, NO_PROXY) and the certificate authority.',
  'harbor-not-signed-in':
    'Harbor did not accept the credential and served public data only: check that the robot exists, is enabled and has not expired, and that the secret holds its full name and present secret.',
  'harbor-denied':
    'Grant the robot the permission named above; docs/robot.md lists all that it needs.',
  'harbor-too-old': 'Upgrade Harbor to 2.5 or later.',
  'harbor-unexpected':
    'Nothing was concluded from this answer. If it comes again, look at the request id in the log of Harbor’s core, and at proxies in between.',
  'store-unreachable': 'Check the bucket’s name, the region and the route to S3.',
  'store-denied': 'Grant the actions on the report bucket that docs/security.md lists.',
  'state-invalid':
    'The state of this run was changed from outside or by another version: start a new run.',
  'inventory-invalid':
    'Save the inventory again with `harbor-retention plan --save-inventory FILE`.',
  'report-not-found': 'Run `harbor-retention plan` first, or name the report’s folder.',
  'approval-invalid':
    'Correct the approved list: harbor, rankedAt, names and scores as the newest report shows them.',
  'plan-changed': 'Look at the new plan, and confirm that.',
  'lease-held':
    'Wait until the other run has ended. After one that was killed the next run watches the lease for five minutes, and then goes on.',
  'run-elsewhere':
    'Nothing, if it is the same start, delivered twice. If the execution that worked on it was stopped, start the run again five minutes after it was.',
  'trash-claimed':
    'Give each deployment a trash project of its own, or remove the label harbor-retention of the trash project where the other deployment is gone.',
  'run-unfinished':
    'Start the run again with {"runId": "…"}: it goes on where it stopped. Raise maxSlices if this comes back.',
  'run-failed': 'Read the report named above: it says what failed and what to do.',
  'run-died':
    'Raise the memory of the function, deploy, and start the run again with {"runId": "…"}: it goes on where it stopped.',
  'workloads-unreachable':
    'Check address, credential and route; docs/workloads.md says what a collector needs.',
  usage: 'See `harbor-retention --help`.',
};

/** An expected failure, with words for the operator; anything else that is thrown is a bug. */
export class RetentionError extends Error {
  readonly code: ErrorCode;
  /** What to do now. */
  readonly remedy: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; remedy?: string } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'RetentionError';
    this.code = code;
    this.remedy = options.remedy ?? remedies[code];
  }
}
