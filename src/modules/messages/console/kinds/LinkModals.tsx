import { Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { isWebAddress } from '../../../../wechat/rules/customer-service-limits.ts'
import { writeLink } from '../../rules/text-parts.ts'
import { MiniProgramSelect } from './MiniProgramSelect.tsx'

type Props = { open: boolean; onClose: () => void; onInsert: (piece: string) => void }
type Web = { href: string; label: string }
type Mini = Web & { appId: string; path: string }

const plain = (label: string): string => label.trim().replace(/[<>]/g, '')

/** 跳转至落地页. */
export function WebLinkModal({ open, onClose, onInsert }: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Web>()
  return (
    <Modal
      open={open}
      title={t('messages.link.web')}
      okText={t('composer.insert')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ href, label }) =>
          onInsert(writeLink({ href: href.trim(), label: plain(label), appId: '', path: '' }))
        }
      >
        <Address name="href" label={t('messages.link.address')} />
        <Label />
      </Form>
    </Modal>
  )
}

/** 跳转至小程序: old clients open the web address instead. */
export function MiniProgramLinkModal({ open, onClose, onInsert }: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Mini>()
  return (
    <Modal
      open={open}
      title={t('messages.link.mini')}
      okText={t('composer.insert')}
      onCancel={onClose}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ href, label, appId, path }) =>
          onInsert(writeLink({ href: href.trim(), label: plain(label), appId, path: path.trim() }))
        }
      >
        <Form.Item
          name="appId"
          label={t('composer.miniProgram')}
          rules={[{ required: true, message: t('composer.miniProgramMissing') }]}
        >
          <MiniProgramSelect />
        </Form.Item>
        <Form.Item
          name="path"
          label={t('composer.miniPath')}
          rules={[{ required: true, whitespace: true, message: t('composer.miniPathMissing') }]}
        >
          <Input className="w-mono" placeholder="pages/index/index" />
        </Form.Item>
        <Address name="href" label={t('composer.miniFallback')} extra={t('composer.miniFallbackHint')} />
        <Label />
      </Form>
    </Modal>
  )
}

function Address({ name, label, extra }: { name: string; label: string; extra?: string }) {
  const { t } = useTranslation()
  return (
    <Form.Item
      name={name}
      label={label}
      extra={extra}
      rules={[
        {
          validator: async (_, url: string | undefined) => {
            if (!isWebAddress((url ?? '').trim())) throw new Error(t('composer.urlInvalid'))
          },
        },
      ]}
    >
      <Input placeholder="https://…" />
    </Form.Item>
  )
}

function Label() {
  const { t } = useTranslation()
  return (
    <Form.Item
      name="label"
      label={t('composer.linkText')}
      rules={[{ required: true, whitespace: true, message: t('composer.linkTextMissing') }]}
    >
      <Input maxLength={60} />
    </Form.Item>
  )
}
