/** What numbers and words are made of, so that chance puts together true ones, broken ones and their neighbours. */
export const FRAGMENTS = (
  '123456789018|621498320257|7123456789012|T7123456789012|4111111111111111|378282246310005|4598|0335|8720|090|03|1234|5678|0120|+81|81|' +
  '0|7|12|666|123|45|6789|12345|123456|1234567|00000000|99999999999999999999|-|-|-| | |.|(|)|_|/|=|%|@|a.b|@example.co.jp|user|T|TEL|x|AB|' +
  'AB12|DE89|3704|0044|0532|0130|00|GB29NWBK60161331926819|TR1234567|AB12345678CD|１|２３|４５６７|８９０１|０９０|－|ー|−|‐|─|　|円|電話|番号|社外秘|' +
  '東京都|神奈川県|氏名|生年月日|マイナンバー|パスワード|confidential|CONFIDENTIAL|Top Secret|password|AKIA|IOSFODNN7EXAMPLE|ghp_|' +
  'abcdefghijklmnopqrstuvwxyz0123456789|.eyJ|xoxb-|-----BEGIN PRIVATE KEY-----|\n|\t|\0|あ|ア|ﾃｽﾄ|佐藤|田中|森|太郎|花子|誠|様|さん|先生|担当|部長|さくら|市|区|郡|県|神奈川|丁目|番地|条|三|の|：|　|㊙|＠|' +
  '8.8.8.8|192.168.0.1|2001:db8::1|::|:|fe80|a:b:|://|user:pass@|-\n9018|1 2 3 4 5 6 |7 8 9 0 1 8|1│2│3│|M2501017|TR12345672JPN0001018|' +
  'AB 12345678 CD|TR 1234567|個人番号|免許証|TEL|被|保険者番号|SSN |name: |姓|姓:|<姓>|firstName": "|営業|xapp-1-|PW:'
).split('|');
