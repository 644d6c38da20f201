import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { CUSTOMER_SERVICE_LIMITS as LIMITS } from '../../../../wechat/rules/customer-service-limits.ts'
import type { ContentOf } from '../../schema.ts'
import { useEdit } from '../compose-context.ts'
import { FieldRow } from '../FieldRow.tsx'
import { TextField } from '../TextField.tsx'

type Item = ContentOf<'msgmenu'>['items'][number]

/** 菜单消息: a question with answers to tap; a tap comes back with the answer's number. */
export function MenuEditor({ content }: { content: ContentOf<'msgmenu'> }) {
  const { t } = useTranslation()
  const edit = useEdit<'msgmenu'>()
  const { items } = content
  const change = (index: number, part: Partial<Item>) =>
    edit({ items: items.map((item, place) => (place === index ? { ...item, ...part } : item)) })
  return (
    <>
      <TextField
        field="head"
        label={t('messages.field.head')}
        value={content.head}
        rows={3}
        onChange={(head) => edit({ head })}
      />
      <FieldRow field="items" label={t('messages.field.items')} hint={t('messages.hint.items')}>
        {items.map((item, index) => (
          <div key={index} className="w-menu-edit">
            <FieldRow field={`items.${index}.id`} label={t('messages.field.itemId')}>
              <Input
                value={item.id}
                maxLength={32}
                style={{ width: 110 }}
                onChange={({ target }) => change(index, { id: target.value })}
              />
            </FieldRow>
            <div style={{ flex: 1, minWidth: 0 }}>
              <TextField
                field={`items.${index}.content`}
                label={t('messages.field.itemText')}
                value={item.content}
                limit={{ most: LIMITS.menuItem, unit: 'characters' }}
                onChange={(text) => change(index, { content: text })}
              />
            </div>
            <Button
              type="text"
              aria-label={t('composer.remove')}
              icon={<DeleteOutlined />}
              onClick={() => edit({ items: items.filter((_, place) => place !== index) })}
            />
          </div>
        ))}
        <Button
          icon={<PlusOutlined />}
          disabled={items.length >= LIMITS.menuItems}
          onClick={() => edit({ items: [...items, { id: nextId(items), content: '' }] })}
        >
          {t('messages.addItem')}
        </Button>
      </FieldRow>
      <TextField
        field="tail"
        label={t('messages.field.tail')}
        value={content.tail}
        rows={2}
        onChange={(tail) => edit({ tail })}
      />
    </>
  )
}

/** The smallest number from 101 on that no answer has yet. */
function nextId(items: readonly Item[]): string {
  const taken = new Set(items.map(({ id }) => id))
  let id = 101
  while (taken.has(String(id))) id++
  return String(id)
}
