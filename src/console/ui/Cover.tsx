import { PictureOutlined } from '@ant-design/icons'
import './cover.css'

/** A cover in one of WeChat's two shapes: 2.35:1 for the first article, 1:1 for the others. */
export function Cover({ url, shape }: { url: string | null; shape: 'wide' | 'square' }) {
  return (
    <div className={`w-cover w-cover-${shape}`}>
      {url === null ? (
        <PictureOutlined />
      ) : (
        <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" />
      )}
    </div>
  )
}
