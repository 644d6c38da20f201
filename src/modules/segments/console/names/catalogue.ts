import type { Dataset } from '../../../datasets/schema.ts'
import type { Condition, TagRef, ValueType } from '../../schema/rule.ts'
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
  eventOptions(current: string): Choices
  datasetOptions(current: string): Choices
  segmentOptions(current: string): Choices
  /** Values are those of {@link sendChoice}. */
  sendOptions(current: string): Choices
  /** The records of a send; none where it has but one, or they aren't known and `current` names none. */
  recordOptions(broadcastId: string, current: number | undefined): readonly Choice[]
  campaignOptions(current: string): Choices
  tagOptions(current: readonly TagRef[]): Choices
}

const ACTIVITY = 'activity:'
type SendChosen = Pick<Extract<Condition, { kind: 'send' }>, 'broadcast' | 'activityId'>

/** Which sends a condition asks about, as one value to choose. */
export const sendChoice = ({ broadcast, activityId }: SendChosen): string =>
  activityId === undefined ? broadcast : `${ACTIVITY}${activityId}`
export const chosenSend = (choice: string): SendChosen =>
  choice.startsWith(ACTIVITY)
    ? { broadcast: 'any', activityId: choice.slice(ACTIVITY.length) }
    : { broadcast: choice }

/** The choices, and the current one where nobody offers it any more. */
export function including(
  choices: readonly Choice[],
  current: string,
  nameOf: (value: string) => string,
): Choice[] {
  if (current === '' || choices.some(({ value }) => value === current)) return [...choices]
  return [...choices, { value: current, label: nameOf(current) }]
}
