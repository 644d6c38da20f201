import type { Dataset } from '../../../datasets/schema.ts'
import type { TagRef, ValueType } from '../../schema/rule.ts'
import type { RuleNames } from '../words/names.ts'

export type Choice = { value: string; label: string; note?: string }
export type Choices = readonly Choice[] | readonly { label: string; options: Choice[] }[]
export type KnownAttribute = { key: string; label: string; type: ValueType }

/** Everything a rule can name, as the installation has it now. What a rule names already stays among the choices. */
export type Catalogue = {
  names: RuleNames
  accounts: readonly { id: string; name: string }[]
  attributes: readonly KnownAttribute[]
  datasets: readonly Dataset[]
  scenes: readonly Choice[]
  attributeOptions(current: string): Choices
  eventOptions(current: string): readonly Choice[]
  datasetOptions(current: string): Choices
  segmentOptions(current: string): Choices
  /** Values are those of {@link choiceOf}. */
  sendOptions(current: string): Choices
  /** The records of a send; none where it has but one, or they aren't known and `current` names none. */
  recordOptions(broadcastId: string, current: number | undefined): readonly Choice[]
  /** As {@link Catalogue.sendOptions}. */
  campaignOptions(current: string): Choices
  tagOptions(current: readonly TagRef[]): Choices
}

const ACTIVITY = 'activity:'

/** Which sends or campaigns a condition asks about, as one value to choose: `any`, one of them, or those of an activity. */
export const choiceOf = (of: string, activityId: string | undefined): string =>
  activityId === undefined ? of : `${ACTIVITY}${activityId}`
export const chosen = (choice: string): { of: string; activityId?: string } =>
  choice.startsWith(ACTIVITY) ? { of: 'any', activityId: choice.slice(ACTIVITY.length) } : { of: choice }

/** The choices, and the current one where nobody offers it any more. */
export function including(
  choices: readonly Choice[],
  current: string,
  nameOf: (value: string) => string,
): Choice[] {
  if (current === '' || choices.some(({ value }) => value === current)) return [...choices]
  return [...choices, { value: current, label: nameOf(current) }]
}
