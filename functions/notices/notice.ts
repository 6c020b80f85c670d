import type { Instant } from '../domain/instant.ts';
import type { Report } from '../report/report-schema.ts';

/** What a deployment wants notices of, besides what always matters. */
export interface NoticeWishes {
  /** doublestar patterns of projects; the first time something is condemned in one, a notice says so. */
  readonly protectedProjects: readonly string[];
  /** Once a week, with the first finished run of the week. */
  readonly weeklySummary: boolean;
}

/** Which notices were sent before; plain JSON. */
export interface NoticeMemory {
  /** Protected projects in which something was condemned already. */
  readonly condemnedIn: readonly string[];
  /** Monday of the week of the last summary. */
  readonly summaryOf?: string;
}

export const nothingTold: NoticeMemory = { condemnedIn: [] };

/** What an occasion looks at. */
export interface NoticeContext {
  readonly report: Report;
  readonly wishes: NoticeWishes;
  readonly memory: NoticeMemory;
  /** The run's own clock reading. */
  readonly at: Instant;
  /** The address of the store, as `--out` takes it. */
  readonly address: string;
}

/** One occasion on which people get a notice. */
export interface Occasion {
  /** In the message for machines, and in the attributes that subscriptions filter by. */
  readonly kind: string;
  /** A summary is no alarm. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Sentences for people; none: no occasion. Pure. */
  readonly lines: (context: NoticeContext) => readonly string[];
  /** What to remember, so that no notice of it is sent again. */
  readonly remember?: (context: NoticeContext) => Partial<NoticeMemory>;
}

/** One message for one run. */
export interface Notice {
  readonly runId: string;
  readonly severity: Occasion['severity'];
  readonly kinds: readonly string[];
  /** At most 100 characters of ASCII: SNS takes no others for a subject. */
  readonly subject: string;
  /** The text that people read. */
  readonly text: string;
  /** The fields that programs read. */
  readonly data: {
    readonly runId: string;
    readonly mode: string;
    readonly end: string;
    readonly kinds: readonly string[];
    readonly severity: string;
    readonly report: string;
    readonly page: string;
    readonly totals?: Report['totals'];
    readonly applied?: { readonly deleted: number; readonly deletedBytes: number };
    /** The first of them: SNS takes no message over 256 KB, and copies this for each kind of subscription. */
    readonly refusals: readonly { readonly rail: string; readonly on: string }[];
    /** How many there are in all. */
    readonly refusalCount: number;
    readonly error?: string;
  };
}
