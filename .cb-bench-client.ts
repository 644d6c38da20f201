import { Pool } from 'undici'
import { encryptCallback, signatureOf } from './src/channels/wechat-api/callback-crypto.ts'
const N = 20000, aesKey='A'.repeat(43), token='tok123'
let id = Date.now()*1000
const make = () => Array.from({length:N},()=>{ id++; const at=Math.floor(Date.now()/1000); const x=`<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[oFan${1+Math.floor(Math.random()*20000)}]]></FromUserName><CreateTime>${at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好 hello]]></Content><MsgId>${id}</MsgId></xml>`
 const e=encryptCallback(x,{key:aesKey,appId:'wx0123456789abcdef'}); const q=`timestamp=1&nonce=2&encrypt_type=aes&msg_signature=${signatureOf(token,'1','2',e)}`
 return {q, body:`<xml><ToUserName><![CDATA[gh]]></ToUserName><Encrypt><![CDATA[${e}]]></Encrypt></xml>`}})
for (const port of [7982,7981,7982,7981]) {
  const pool = new Pool(`http://127.0.0.1:${port}`,{connections:128,pipelining:1})
  const items = make(); let i=0
  const t=performance.now(); const lat:number[]=[]
  await Promise.all(Array.from({length:128},async()=>{ while(i<N){const it=items[i++]!; const t0=performance.now(); const r=await pool.request({method:'POST',path:`/callbacks/official-account/benchkey12?${it.q}`,body:it.body,headers:{'content-type':'text/xml'}}); const b=await r.body.text(); if(b!=='success') throw new Error(b); lat.push(performance.now()-t0)} }))
  lat.sort((a,b)=>a-b)
  console.log(port, Math.round(N/((performance.now()-t)/1000)),'/s p50',lat[N>>1]!.toFixed(1),'p99',lat[Math.floor(N*.99)]!.toFixed(1)); await pool.close()
}
