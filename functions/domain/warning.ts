/** Something an operator should know of; never changes a verdict. */
export interface Warning {
  /** Constant, for machines. */
  readonly code: WarningCode;
  /** What it is about: a project, a repository, a rule, or `run`. */
  readonly on: string;
  /** What was found. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}

/** The closed list of warnings, in words; docs/messages.md says what to do about each. */
export const warningMeanings = {
  'approval-refused': 'A repository of the approved list is judged by the rules only.',
  'digest-list-unreadable': 'A list of protected digests could not be read, so everything is held.',
  'in-use-nearly-old': 'A list of what workloads use is nearly too old to be believed.',
  'in-use-unexpected': 'A list of what workloads use lies there, and the policy does not name it.',
  'in-use-unreadable':
    'A source of images in use could not be read, so everything in its scope is held.',
  'labels-unconfirmed':
    'Labels matter to the policy, and the robot may not list labels: nothing confirms those of the artifacts.',
  'matched-nothing':
    'A pattern, a name or an entry of a list that was to protect something matched nothing.',
  'policy-is-new': 'No run has seen this policy before, so an armed run stayed dry.',
  'project-incomplete': 'The repositories of a project are not provably all listed.',
  'pull-signal-lost': 'Pull times look switched off; rules on pulls keep all they select.',
  'pull-times-clustered': 'Most recent pulls lie within one quarter of an hour.',
  'push-not-healed':
    'A push beside deletions may have lost a layer or a tag, which could not be put right.',
  'pulls-elsewhere':
    'Images that are judged by pulls are replicated elsewhere, and pulls there do not count here.',
  'pushed-at-once': 'All of a repository was pushed within one minute.',
  'pushes-not-looked-up':
    'Harbor’s audit log could not be read. It shows which tags pushes beside deletions lost.',
  'pushes-healed': 'Pushes beside deletions lost something, which was put right.',
  'robot-expires': 'The robot that the run is signed in as expires within 14 days.',
  'rollout-breaks-limit':
    'A limit would refuse the whole plan, once the roll-out lets all of it go.',
  'rollout-held': 'The roll-out stays in its first tenth, as a refusal is not acknowledged.',
  'rollout-late': 'A changed policy has a roll-out that is over, so it deletes everywhere at once.',
  'rollout-not-begun': 'The roll-out begins later, and until then all waits.',
  'rollout-over': 'The roll-out is over, so its section may go.',
  'too-large-for-limits':
    'An artifact exceeds a limit by itself, so it is set aside and the others go without it.',
  'trash-nearly-full': 'The quota of the trash project is nearly used up.',
  'uncertain-settled':
    'A change whose answers were lost was looked at again, and is known to be done, or not.',
  'trash-off': 'What a run deletes can’t be put back.',
} as const satisfies Readonly<Record<string, string>>;

export type WarningCode = keyof typeof warningMeanings;
