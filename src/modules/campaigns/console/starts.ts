import { emptyContent } from '../../messages/schema.ts'
import { type CampaignKind, type Plan, plan } from '../schema.ts'

export const STARTS = ['interacted', 'order', 'subscribers'] as const
export type Start = (typeof STARTS)[number]

/** 起点: whole plans that many begin with, of facts that every sandbox has. They fill the form, nothing more. */
export function startingPlan(start: Start): { kind: CampaignKind; plan: Plan } {
  switch (start) {
    case 'interacted':
      return {
        kind: 'customer-service',
        plan: plan.parse({
          trigger: { kind: 'once', audienceWindow: 'interacted-48h' },
          content: emptyContent('news'),
        }),
      }
    case 'order':
      return {
        kind: 'template',
        plan: plan.parse({
          trigger: {
            kind: 'event-not',
            event: { event: 'order_paid' },
            without: { event: 'order_reviewed' },
            within: { amount: 20, unit: 'minute' },
            perPerson: 1,
          },
          content: emptyContent('template'),
          purpose: 'service',
        }),
      }
    case 'subscribers':
      return {
        kind: 'subscription',
        plan: plan.parse({ trigger: { kind: 'once' }, content: emptyContent('subscription') }),
      }
  }
}

/** What a new campaign of a kind begins with. */
export const emptyPlan = (kind: CampaignKind): Plan =>
  plan.parse({ content: kind === 'customer-service' ? null : emptyContent(kind) })
