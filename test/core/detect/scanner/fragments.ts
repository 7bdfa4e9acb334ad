/** What numbers and words are made of, so that chance puts together true ones, broken ones and their neighbours. */
export const FRAGMENTS = (
  '123456789018|621498320257|7123456789012|T7123456789012|4111111111111111|378282246310005|4598|0335|8720|090|03|1234|5678|0120|+81|81|' +
  '0|7|12|666|123|45|6789|12345|123456|1234567|00000000|99999999999999999999|-|-|-| | |.|(|)|_|/|=|%|@|a.b|@example.co.jp|user|T|TEL|x|AB|' +
  'AB12|DE89|3704|0044|0532|0130|00|GB29NWBK60161331926819|TR1234567|AB12345678CD|１|２３|４５６７|８９０１|０９０|－|ー|−|‐|─|　|円|電話|番号|社外秘|' +
  '東京都|神奈川県|氏名|生年月日|マイナンバー|パスワード|confidential|CONFIDENTIAL|Top Secret|password|AKIA|IOSFODNN7EXAMPLE|ghp_|' +
  'abcdefghijklmnopqrstuvwxyz0123456789|.eyJ|xoxb-|-----BEGIN PRIVATE KEY-----|\n|\t|\0|あ|ア|ﾃｽﾄ'
).split('|');
