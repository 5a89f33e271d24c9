package mail

import "strings"

// The words of synthetic mail.
var asciiWords = strings.Fields(`
	about account across after again agenda airport almost already also always
	among answer archive around attached autumn balance because before begin
	between bicycle book bridge bring budget building calendar carefully carry
	change city clear coffee collect colour come committee compare contract
	copy could customer daily date decide delay deliver department detail
	different document door during early either engine enough envelope evening
	every example expect export figure file finally find first floor follow
	forward friday garden general given glass greeting group half harbour heavy
	here history hotel hour however idea important include inside instead
	invoice island item january journey keep kitchen know label large last
	later leave letter library light line list little local machine manager
	many market matter meanwhile measure meeting message might minute monday
	month morning mountain much museum must near never newsletter next nothing
	notice number october office often open order other outside page paper
	parcel part people perhaps picture place plan please point possible price
	printer problem process project promise proposal question quick quiet
	railway rain ready reason receive record remember repair reply report
	request result return review river room same saturday schedule second
	section send several share short should signature simple since small
	something soon station still street student subject summer supply surely
	table team telephone thank their there thing think thirty thursday ticket
	today together tomorrow travel tuesday under until update usual version
	village visit wait warehouse water weather wednesday week welcome where
	which while window winter with without work would write year yesterday
`)

// beyondASCII has characters of two, three and four octets.
const beyondASCII = `
	über größe straße müde schön für jäger café élève garçon où naïve señor
	mañana coração ação łódź żółty příliš kůň år smörgås øre þing ñandú ěšč
	привет письмо город ответ καλημέρα γράμμα θάλασσα 東京 手紙 明日 안녕 편지
	नमस्ते पत्र שלום مرحبا “quoted” — … € 📎 📬
`
