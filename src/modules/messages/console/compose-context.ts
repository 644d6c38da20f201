import { createContext, useContext } from 'react'
import type { Place } from '../../contents/console/index.ts'
import type { ContentProblem, MessageContent, Variable } from '../schema.ts'

/** What every part of the composer shares. */
export type Compose = {
  content: MessageContent
  /** Changes made one after the other in one go all hold. */
  update(change: (content: MessageContent) => MessageContent): void
  problems: readonly ContentProblem[]
  /** Also say what isn't filled in yet. */
  showMissing: boolean
  /** Where the message goes out. */
  place: Place
  /** Name of the event that fires, whose properties can be read. */
  eventName: string | null
}

export const ComposeContext = createContext<Compose | null>(null)

export function useCompose(): Compose {
  const found = useContext(ComposeContext)
  if (found === null) throw new Error('useCompose is used inside the composer')
  return found
}

/** The part of the content that an editor of one kind works on. */
export function useEdit<K extends MessageContent['kind']>() {
  const { update } = useCompose()
  return (part: Partial<Omit<Extract<MessageContent, { kind: K }>, 'kind' | 'variables'>>) =>
    update((content) => ({ ...content, ...part }) as MessageContent)
}

export const withVariable = (content: MessageContent, name: string, variable: Variable): MessageContent => ({
  ...content,
  variables: { ...content.variables, [name]: variable },
})
