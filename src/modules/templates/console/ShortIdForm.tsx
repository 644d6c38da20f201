import { Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { NewTemplate } from '../schema.ts'

type Fields = { shortId: string; keywords?: string[] }

/** Template messages have no library to look into by interface: their number is copied from WeChat's pages. */
export function ShortIdForm({ busy, onSubmit }: { busy: boolean; onSubmit: (body: NewTemplate) => void }) {
  const { t } = useTranslation()
  return (
    <Form<Fields>
      layout="vertical"
      onFinish={({ shortId, keywords }) => onSubmit({ kind: 'template', shortId, keywords: keywords ?? [] })}
    >
      <Form.Item
        name="shortId"
        label={t('templates.shortId')}
        extra={t('templates.shortIdHint')}
        rules={[{ required: true, pattern: /^[A-Za-z0-9]{1,32}$/, message: t('templates.shortIdInvalid') }]}
      >
        <Input className="w-mono" placeholder="TM00015" autoFocus />
      </Form.Item>
      <Form.Item name="keywords" label={t('templates.keywords')} extra={t('templates.keywordsHint')}>
        <Select mode="tags" maxCount={5} open={false} suffixIcon={null} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('templates.add')}
      </Button>
    </Form>
  )
}
