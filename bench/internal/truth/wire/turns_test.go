package wire

import (
	"strings"
	"testing"
)

// sealed is a TLS 1.3 record with n bytes of content.
func sealed(n int) string { return framed(recordApplication, n+recordOverhead) }

func framed(kind byte, n int) string {
	return string([]byte{kind, 3, 3, byte(n >> 8), byte(n)}) + strings.Repeat("\xee", n)
}

// secured begins TLS at the given time: the handshake takes 70.
func secured(c *tape, at Time) {
	c.sends(at, framed(recordHandshake, 250))
	c.gets(at+50, framed(recordHandshake, 90)+framed(20, 1)+sealed(700))
	c.sends(at+70, framed(20, 1)+sealed(36))
}

// mails is one message in lockstep: mail 20, rcpt 30, data 40, body 50,
// message 190.
func mails(c *tape, at Time) {
	c.sends(at, sealed(30))
	c.gets(at+20, sealed(8))
	c.sends(at+30, sealed(28))
	c.gets(at+60, sealed(8))
	c.sends(at+70, sealed(6))
	c.gets(at+110, sealed(8))
	c.sends(at+120, sealed(500)+sealed(100)[:40])
	c.sends(at+140, sealed(100)[40:])
	c.gets(at+180, sealed(8)[:3])
	c.gets(at+190, sealed(8)[3:])
}

func TestImplicitTLS(t *testing.T) {
	c := newTape(40000, 0)
	secured(c, 100)
	c.gets(190, sealed(120)) // a ticket
	c.gets(200, sealed(20))
	c.sends(210, sealed(8))
	c.gets(260, sealed(60))
	mails(c, 300)
	mails(c, 600)
	c.sends(800, sealed(6))
	c.gets(860, sealed(9)+sealed(alertLength))
	c.sends(870, sealed(alertLength))
	c.ends(880)
	expect(t, analyse(InTLS, c), map[Phase][]int{
		Connect: {10}, TLS: {70}, Banner: {30}, EHLO: {50}, Mail: {20, 20}, Rcpt: {30, 30}, Data: {40, 40},
		Body: {50, 50}, Message: {190, 190}, Quit: {60}, Session: {860},
	})
}

func TestStartTLS(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(220, "STARTTLS\r\n")
	c.gets(230, "220 go\r\n")
	secured(c, 300)
	c.gets(380, sealed(120)) // a ticket before the client speaks is no reply
	c.sends(400, sealed(8))
	c.gets(405, sealed(120)) // nor is one after it
	c.gets(440, sealed(60))
	mails(c, 500)
	c.sends(800, sealed(6))
	c.gets(860, sealed(9))
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, StartTLS: {10}, TLS: {70}, EHLOTLS: {40}, Mail: {20}, Rcpt: {30}, Data: {40},
		Body: {50}, Message: {190}, Quit: {60}, Session: {860},
	})
}

func TestManyRecipientsUnderTLS(t *testing.T) {
	c := newTape(40000, 0)
	secured(c, 100)
	c.gets(200, sealed(20))
	for i, n := range []int{8, 30, 28, 28, 6, 600, 6} {
		c.sends(Time(300+i*100), sealed(n))
		c.gets(Time(310+i*101), sealed(8))
	}
	expect(t, analyse(InTLS, c), map[Phase][]int{
		Connect: {10}, TLS: {70}, Banner: {30}, EHLO: {10}, Mail: {11}, Rcpt: {12, 13}, Data: {14},
		Body: {15}, Message: {415}, Quit: {16}, Session: {916},
	})
}

func TestLostRecordTrail(t *testing.T) {
	c := newTape(40000, 0)
	secured(c, 100)
	c.gets(200, sealed(20)+sealed(20))
	c.last().Payload = c.last().Payload[:10]
	a := analyse(InTLS, c)
	if a.Strange["TLS record header that was not captured"] != 1 {
		t.Errorf("strange: %v", a.Strange)
	}
}
