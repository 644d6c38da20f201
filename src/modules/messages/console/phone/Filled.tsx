import type { ReactNode } from 'react'
import { splitPlaceholders } from '../../rules/placeholders.ts'
import { isMiniProgramLink, textParts } from '../../rules/text-parts.ts'

type Props = { text: string; values: Readonly<Record<string, string>> | undefined }

/** A text with a person's values in it; what isn't known shows as the variable's name. */
export function Filled({ text, values }: Props): ReactNode {
  return splitPlaceholders(text).map((part, index) => {
    if (part.name === undefined) return <span key={index}>{part.text}</span>
    const value = values?.[part.name]
    return value === undefined ? (
      <span key={index} className="w-value-open">
        {part.name}
      </span>
    ) : (
      <span key={index}>{value}</span>
    )
  })
}

/** 文本: with its links as a chat shows them. */
export function FilledText({ text, values }: Props) {
  return (
    <div className="w-bubble-line">
      <span className="w-avatar" />
      <div className="w-bubble">
        {textParts(text).map((part, index) => {
          if (part.kind === 'plain') return <Filled key={index} text={part.text} values={values} />
          const isMini = part.kind === 'link' && isMiniProgramLink(part)
          return (
            <span key={index} className="w-link">
              {isMini && <i className="w-mini" aria-hidden="true" />}
              <Filled text={part.kind === 'bare' ? part.url : part.label} values={values} />
            </span>
          )
        })}
      </div>
    </div>
  )
}
