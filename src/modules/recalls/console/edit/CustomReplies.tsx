import { PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown, Form, Input, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isWebAddress } from '../../../../wechat/rules/customer-service-limits.ts'
import { type LinkInText, LinkModal, MessageComposer, writeLink } from '../../../messages/console/index.ts'
import { emptyContent, type MessageContent } from '../../../messages/schema.ts'
import { MAX_REPLIES } from '../../schema.ts'
import type { FieldProps } from './draft.ts'

/** C4: several replies of any kind; each fan gets one of them. */
export function CustomReplies({ draft: { replies }, change }: FieldProps) {
  const { t } = useTranslation()
  const [active, setActive] = useState(0)
  const [linking, setLinking] = useState(false)
  const place = Math.min(active, replies.length - 1)
  const add = (content: MessageContent) => {
    change({ replies: [...replies, content] })
    setActive(replies.length)
  }
  const remove = (index: number) => {
    change({ replies: replies.filter((_, other) => other !== index) })
    setActive(Math.max(0, place - (index <= place ? 1 : 0)))
  }
  const adding = (
    <Dropdown
      disabled={replies.length >= MAX_REPLIES}
      menu={{
        items: [
          { key: 'message', label: t('recalls.form.addMessage'), onClick: () => add(emptyContent('text')) },
          { key: 'link', label: t('recalls.form.addLink'), onClick: () => setLinking(true) },
        ],
      }}
    >
      <Button size="small" type="text" icon={<PlusOutlined />} aria-label={t('recalls.form.addMessage')} />
    </Dropdown>
  )
  return (
    <>
      <p className="w-soft">{t('recalls.form.replies')}</p>
      <Tabs
        type="editable-card"
        size="small"
        hideAdd
        activeKey={String(place)}
        tabBarExtraContent={{ right: adding }}
        onChange={(key) => setActive(Number(key))}
        onEdit={(key, action) => action === 'remove' && remove(Number(key))}
        items={replies.map((content, index) => ({
          key: String(index),
          label: t('recalls.form.reply', { number: index + 1 }),
          closable: replies.length > 1,
          children: (
            <MessageComposer
              channel="customer-service"
              place="recall"
              value={content}
              onChange={(next) =>
                change({ replies: replies.map((one, other) => (other === index ? next : one)) })
              }
            />
          ),
        }))}
      />
      <AddLink
        open={linking}
        onClose={() => setLinking(false)}
        onInsert={(link) => {
          setLinking(false)
          add({ kind: 'text', text: writeLink(link), variables: {} })
        }}
      />
    </>
  )
}

/** 网址: a text that is one link. */
function AddLink(props: { open: boolean; onClose: () => void; onInsert: (link: LinkInText) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<LinkInText>()
  return (
    <LinkModal {...props} title={t('recalls.form.linkTitle')} form={form}>
      <Form.Item
        name="href"
        label={t('recalls.form.linkAddress')}
        rules={[
          {
            validator: async (_rule, value: string | undefined) => {
              if (!isWebAddress((value ?? '').trim())) throw new Error(t('messages.problem.link_invalid'))
            },
          },
        ]}
      >
        <Input placeholder="https://" />
      </Form.Item>
    </LinkModal>
  )
}
