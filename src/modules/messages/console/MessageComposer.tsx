import { Segmented } from 'antd'
import { type ReactNode, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place } from '../../contents/console/index.ts'
import {
  CUSTOMER_SERVICE_KINDS,
  type CustomerServiceKind,
  channelOf,
  emptyContent,
  type LintFacts,
  type MessageChannel,
  type MessageContent,
} from '../schema.ts'
import { type Compose, ComposeContext } from './compose-context.ts'
import { ArticleEditor } from './kinds/ArticleEditor.tsx'
import { ImageEditor, MiniProgramEditor, MusicEditor, NewsEditor } from './kinds/CardEditors.tsx'
import { VideoEditor, VoiceEditor } from './kinds/MediaEditors.tsx'
import { MenuEditor } from './kinds/MenuEditor.tsx'
import { TemplateEditor } from './kinds/TemplateEditor.tsx'
import { TextEditor } from './kinds/TextEditor.tsx'
import { LintFindings } from './LintFindings.tsx'
import { PreviewPhone } from './phone/PreviewPhone.tsx'
import { useContentProblems } from './use-problems.ts'
import { VariableChips } from './variables/VariableChips.tsx'
import './messages.css'

type Props = {
  channel: MessageChannel
  value: MessageContent | null
  onChange: (content: MessageContent) => void
  /** The event that fires, whose properties can be variables; null where none does. */
  event?: { event: string } | null
  /** What the compliance check is told of the send. */
  facts?: LintFacts
  /** Also say what isn't filled in yet. */
  showMissing?: boolean
  /** In place of a phone with this message alone. */
  phone?: ReactNode
  /** Where it goes out, which says what may be used in it. */
  place?: Place
}

/** Writes a message of one channel: every kind it has, variables, checks while typing, and the phone beside it. */
export function MessageComposer({
  channel,
  value,
  onChange,
  event = null,
  facts,
  showMissing = false,
  phone,
  place = 'campaign',
}: Props) {
  const { t } = useTranslation()
  const first = channel === 'customer-service' ? 'text' : channel
  const content = useMemo(
    () => (value !== null && channelOf(value.kind) === channel ? value : emptyContent(first)),
    [value, channel, first],
  )
  const latest = useRef(content)
  latest.current = content
  const problems = useContentProblems(content, event !== null)
  const compose: Compose = {
    content,
    problems,
    showMissing,
    place,
    eventName: event?.event ?? null,
    update: (change) => {
      latest.current = change(latest.current)
      onChange(latest.current)
    },
  }
  return (
    <ComposeContext value={compose}>
      <div className="w-message-compose">
        <section className="w-panel">
          {channel === 'customer-service' && (
            <Segmented<CustomerServiceKind>
              className="w-message-kinds"
              value={content.kind as CustomerServiceKind}
              onChange={(kind) =>
                compose.update((before) => ({ ...emptyContent(kind), variables: before.variables }))
              }
              options={CUSTOMER_SERVICE_KINDS.map((kind) => ({
                value: kind,
                label: t(`messages.kind.${kind}`),
              }))}
            />
          )}
          <Editor content={content} />
          <VariableChips />
          <LintFindings content={content} facts={facts} />
        </section>
        <aside className="w-message-phone">{phone || <PreviewPhone content={content} />}</aside>
      </div>
    </ComposeContext>
  )
}

function Editor({ content }: { content: MessageContent }) {
  switch (content.kind) {
    case 'text':
      return <TextEditor content={content} />
    case 'image':
      return <ImageEditor content={content} />
    case 'news':
      return <NewsEditor content={content} />
    case 'article':
      return <ArticleEditor content={content} />
    case 'msgmenu':
      return <MenuEditor content={content} />
    case 'mini-program':
      return <MiniProgramEditor content={content} />
    case 'music':
      return <MusicEditor content={content} />
    case 'template':
    case 'subscription':
      return <TemplateEditor content={content} />
    case 'voice':
      return <VoiceEditor content={content} />
    case 'video':
      return <VideoEditor content={content} />
  }
}
