import { RedoOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PreviewPhone } from '../../messages/console/index.ts'
import type { Answer } from '../schema.ts'

/** What a fan gets of an answer with several replies: all of them in their order, or one that is drawn. */
export function AnswerPhone({ answer: { mode, replies }, at }: { answer: Answer; at: number }) {
  const { t } = useTranslation()
  const [drawn, setDrawn] = useState(at)
  const contents = replies.map(({ content }) => content)
  if (mode === 'all')
    return (
      <PreviewPhone
        content={contents[at] ?? null}
        around={{ before: contents.slice(0, at), after: contents.slice(at + 1) }}
      />
    )
  const place = Math.min(drawn, replies.length - 1)
  return (
    <>
      <PreviewPhone content={contents[place] ?? null} />
      <div className="w-row w-preview-person">
        <span className="w-faint w-small">
          {t('answers.shown', { number: place + 1, count: replies.length })}
        </span>
        <Button size="small" icon={<RedoOutlined />} onClick={() => setDrawn(another(mode, replies, place))}>
          {t('answers.another')}
        </Button>
      </div>
    </>
  )
}

/** Drawn as the next fan’s would be, of those that aren’t shown. */
function another(mode: Answer['mode'], replies: Answer['replies'], shown: number): number {
  const others = replies.flatMap(({ weight }, place) =>
    place === shown ? [] : [{ place, weight: mode === 'weighted' ? weight : 1 }],
  )
  let left = Math.random() * others.reduce((sum, { weight }) => sum + weight, 0)
  const drawn = others.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  return (drawn ?? others.at(-1))?.place ?? shown
}
