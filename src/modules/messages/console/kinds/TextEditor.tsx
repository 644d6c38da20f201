import { AppstoreOutlined, LinkOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CUSTOMER_SERVICE_LIMITS as LIMITS } from '../../../../wechat/rules/customer-service-limits.ts'
import { type LinkInText, writeLink } from '../../rules/text-parts.ts'
import type { ContentOf } from '../../schema.ts'
import { useEdit } from '../compose-context.ts'
import { TextField } from '../TextField.tsx'
import { MiniProgramLinkModal, WebLinkModal } from './LinkModals.tsx'

/** 文本: plain, with links to landing pages, or into mini programs. */
export function TextEditor({ content }: { content: ContentOf<'text'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'text'>()
  const [open, setOpen] = useState<{ kind: 'web' | 'mini'; insert: (piece: string) => void } | null>(null)
  const place = (link: LinkInText) => {
    open?.insert(writeLink({ ...link, label: link.label.replace(/[<>]/g, '') }))
    setOpen(null)
  }
  return (
    <>
      <TextField
        field="text"
        label={t('messages.field.text')}
        value={content.text}
        rows={7}
        limit={{ most: LIMITS.textBytes, unit: 'bytes' }}
        hint={t('messages.hint.text')}
        onChange={(text) => edit({ text })}
        tools={(insert) => (
          <>
            <Button
              size="small"
              type="text"
              icon={<LinkOutlined />}
              onClick={() => setOpen({ kind: 'web', insert })}
            >
              {t('messages.link.web')}
            </Button>
            <Button
              size="small"
              type="text"
              icon={<AppstoreOutlined />}
              onClick={() => setOpen({ kind: 'mini', insert })}
            >
              {t('messages.link.mini')}
            </Button>
          </>
        )}
      />
      <WebLinkModal open={open?.kind === 'web'} onClose={() => setOpen(null)} onInsert={place} />
      <MiniProgramLinkModal open={open?.kind === 'mini'} onClose={() => setOpen(null)} onInsert={place} />
    </>
  )
}
