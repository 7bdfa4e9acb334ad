/** Two letters: ISO 3166-1 and the few others that IANA delegated. */
const COUNTRIES =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz ' +
  'de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it ' +
  'je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz ' +
  'om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz ' +
  'tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw';
/** Those that anyone may have met; of IANA's other thousand few have mailboxes. */
const GENERIC =
  'com net org edu gov mil int arpa info biz name pro aero coop museum jobs mobi travel tel asia cat post ' +
  'dev app page cloud online site store shop tech xyz email blog live life world global network systems solutions services support software digital agency company group center ' +
  'media news design studio work works team tools space website host club top vip one art education school university academy care health hospital clinic dental law legal ' +
  'finance bank insurance consulting engineering house homes estate city green eco energy bio ltd inc llc gmbh ngo ong tokyo osaka kyoto nagoya yokohama okinawa ryukyu ' +
  'london berlin paris amsterdam wien koeln hamburg nyc moscow taipei google microsoft apple amazon sony toyota honda nissan canon hitachi toshiba sharp fujitsu nec ntt kddi softbank';
const KNOWN: ReadonlySet<string> = new Set(`${COUNTRIES} ${GENERIC}`.split(' '));

/** Whether a name of the domain system, in lower case, ends in a top-level domain that is known, with more than one letter under it. */
export function isUnderKnownDomain(domain: string): boolean {
  const top = domain.slice(domain.lastIndexOf('.') + 1);
  const under = domain.slice(0, -top.length - 1);
  return (KNOWN.has(top) || top.startsWith('xn--')) && under.length - (under.lastIndexOf('.') + 1) > 1;
}
