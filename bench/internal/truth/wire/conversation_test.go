package wire

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// A tape is a hand-made capture of one connection; times are in microseconds.
type tape struct {
	segments []Segment
	client   netip.AddrPort
	up, down uint32
}

func newTape(port uint16, at Time) *tape {
	t := &tape{client: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), up: 0xfffffff0, down: 7}
	t.segments = append(t.segments,
		Segment{At: at * 1000, Client: t.client, FromClient: true, Seq: t.up, Syn: true},
		Segment{At: (at + 10) * 1000, Client: t.client, Seq: t.down, Syn: true})
	t.up++
	t.down++
	return t
}

func (t *tape) sends(at Time, text string) { t.add(at, true, &t.up, text) }
func (t *tape) gets(at Time, text string)  { t.add(at, false, &t.down, text) }

func (t *tape) add(at Time, up bool, seq *uint32, text string) {
	t.segments = append(t.segments, Segment{
		At: at * 1000, Client: t.client, FromClient: up, Seq: *seq, Payload: []byte(text), Length: len(text),
	})
	*seq += uint32(len(text))
}

func (t *tape) ends(at Time) {
	t.segments = append(t.segments, Segment{At: at * 1000, Client: t.client, Seq: t.down, Fin: true})
}

// last returns the segment added last, so that a test can spoil it.
func (t *tape) last() *Segment { return &t.segments[len(t.segments)-1] }

func analyse(b Beginning, tapes ...*tape) *Analysis {
	a := NewAnalysis(b)
	var all []Segment
	for _, t := range tapes {
		all = append(all, t.segments...)
	}
	slices.SortStableFunc(all, func(a, b Segment) int { return int(a.At - b.At) })
	for _, s := range all {
		a.Add(s)
	}
	a.Finish()
	return a
}

// expect compares samples with microseconds by phase. There must be no other phase, and
// nothing strange.
func expect(t *testing.T, a *Analysis, want map[Phase][]int) {
	t.Helper()
	for p, us := range want {
		var samples []int
		for _, s := range a.Samples[p] {
			samples = append(samples, int(s/time.Microsecond))
		}
		if !slices.Equal(samples, us) {
			t.Errorf("%s took %v µs, want %v", p, samples, us)
		}
	}
	for p := range maps.Keys(a.Samples) {
		if _, ok := want[p]; !ok {
			t.Errorf("%s was seen, and is not there", p)
		}
	}
	for what, n := range a.Strange {
		t.Errorf("%d times strange: %s", n, what)
	}
}

// greeted begins a session: connect 10, banner 90, ehlo 50.
func greeted(t *tape) *tape {
	t.gets(100, "220 hello\r\n")
	t.sends(150, "EHLO x\r\n")
	t.gets(200, "250-hello\r\n250-PIPELINING\r\n250 SIZE\r\n")
	return t
}

func TestLockstep(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "MAIL FROM:<a@b.test>\r\n")
	c.gets(320, "250 ok\r\n")
	c.sends(330, "RCPT TO:<c@d.test>\r\n")
	c.gets(360, "250 ok\r\n")
	c.sends(370, "DATA\r\n")
	c.gets(410, "354 go\r\n")
	c.sends(420, "Subject: x\r\n\r\n..x\r\n")
	c.sends(430, ".\r\n")
	c.gets(480, "250 ok\r\n")
	c.sends(500, "QUIT\r\n")
	c.gets(560, "221 bye\r\n")
	c.ends(570)
	a := analyse(InClear, c)
	expect(t, a, map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Mail: {20}, Rcpt: {30}, Data: {40}, Body: {50},
		Quit: {60}, Message: {180}, Session: {560},
	})
	if !slices.Equal(a.Mailed, []Time{300_000}) || !slices.Equal(a.Begun, []Time{0}) {
		t.Errorf("mailed %v, begun %v", a.Mailed, a.Begun)
	}
}

func TestPipelined(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nRCPT TO:<e@d.test>\r\nDATA\r\n")
	c.gets(320, "250 ok\r\n250 ok\r\n")
	c.gets(350, "550 no\r\n354 go\r\n")
	// Nothing forbids the next transaction right behind the dot line.
	c.sends(360, "x\r\n.\r\nMAIL FROM:<a@b.test>\r\n")
	c.gets(400, "250 ok\r\n")
	c.gets(405, "250 ok\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Mail: {45}, Envelope: {50}, Body: {40}, Message: {100},
	})
}

// An envelope in several groups took as long as all of them. One that was refused has no DATA.
func TestEnvelopesOfGroups(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n")
	c.gets(320, "250 ok\r\n250 ok\r\n")
	c.sends(400, "RCPT TO:<c@d.test>\r\nDATA\r\n")
	c.gets(430, "250 ok\r\n354 go\r\n")
	c.sends(440, "x\r\n.\r\n")
	c.gets(450, "250 ok\r\n")
	c.sends(500, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n")
	c.gets(515, "250 ok\r\n550 no\r\n")
	c.sends(520, "RSET\r\n")
	c.gets(525, "250 ok\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Envelope: {50, 15}, Body: {10}, Message: {150}, Rset: {5},
	})
}

// A command counts from its first byte, a reply to its last.
func TestPieces(t *testing.T) {
	c := newTape(40000, 0)
	c.gets(40, "2")
	c.gets(50, "20 hello\r")
	c.gets(60, "\n")
	c.sends(100, "EH")
	c.sends(110, "LO x\r\n")
	c.gets(150, "250-hello\r\n250")
	c.gets(160, "-X\r\n")
	c.gets(170, "250 SIZE\r\n")
	c.sends(200, "MAIL FROM:<a@b.test>\r\nRCPT")
	c.sends(210, " TO:<c@d.test>\r\nDATA\r\n")
	c.gets(240, "250 ok\r\n250 ok\r\n354 go\r\n")
	c.sends(250, ".x\r\n\r\r\n.\r.\r\n\r\n.")
	c.sends(260, "\r")
	c.sends(270, "\n")
	c.gets(300, "250 ok\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {50}, EHLO: {70}, Envelope: {40}, Body: {30}, Message: {100},
	})
}

func TestEmptyMessage(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "MAIL FROM:<>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n")
	c.gets(320, "250 ok\r\n250 ok\r\n354 go\r\n")
	c.sends(330, ".\r\n")
	c.gets(340, "250 ok\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Envelope: {20}, Body: {10}, Message: {40},
	})
}

// A segment that is seen again changes nothing. A reply after missing bytes has arrived when
// these have come.
func TestRetransmissions(t *testing.T) {
	c := newTape(40000, 0)
	syn := c.segments[0]
	syn.At = 5_000
	c.segments = append(c.segments, syn)
	c.gets(100, "220 hello\r\n")
	again := *c.last()
	c.sends(150, "EHLO x\r\n")
	sent := *c.last()
	again.At, sent.At = 160_000, 170_000
	c.segments = append(c.segments, again, sent)
	c.gets(400, "250-hello\r\n")
	c.gets(250, "250 SIZE\r\n") // overtakes the line before it
	// Half old, half new.
	whole := Segment{At: 500_000, Client: c.client, FromClient: true, Seq: c.up - 8, Payload: []byte("EHLO x\r\nQUIT\r\n"), Length: 14}
	c.segments = append(c.segments, whole)
	c.gets(530, "221 bye\r\n")
	a := analyse(InClear, c)
	expect(t, a, map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {250}, Quit: {30}, Session: {530},
	})
	if a.Again != 2 {
		t.Errorf("%d segments again, want 2", a.Again)
	}
}

// If the capture cut the content, the reply shows where it ends.
func TestCutContent(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n")
	c.gets(320, "250 ok\r\n250 ok\r\n354 go\r\n")
	c.sends(330, strings.Repeat("x", 200))
	c.last().Payload = c.last().Payload[:100]
	c.sends(340, "xx\r\n.\r\n")
	c.last().Payload = c.last().Payload[:1]
	c.gets(400, "250 ok\r\n")
	c.sends(410, "QUIT\r\n")
	c.gets(420, "221 bye\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Envelope: {20}, Body: {60},
		Message: {100}, Quit: {10}, Session: {420},
	})
}

func TestChallenges(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "AUTH LOGIN\r\n")
	c.gets(310, "334 VXNlcm5hbWU6\r\n")
	c.sends(320, "cXVpdA==\r\n")
	c.gets(330, "334 UGFzc3dvcmQ6\r\n")
	c.sends(340, "QUIT\r\n") // base64 that looks like a command
	c.gets(350, "235 ok\r\n")
	c.sends(360, "RSET\r\n")
	c.gets(370, "250 ok\r\n")
	expect(t, analyse(InClear, c), map[Phase][]int{
		Connect: {10}, Banner: {90}, EHLO: {50}, Auth: {50}, Rset: {10},
	})
}

func TestConnectionsApart(t *testing.T) {
	first := greeted(newTape(40000, 0))
	first.ends(250)
	beside := greeted(newTape(40001, 5))
	later := newTape(40000, 1000)
	for i := range later.segments {
		later.segments[i].Seq += 99
	}
	later.up += 99
	later.down += 99
	later.gets(1500, "220 hello\r\n")
	a := analyse(InClear, first, beside, later)
	if got := len(a.Begun); got != 3 {
		t.Errorf("%d connections, want 3", got)
	}
	if got := Distribute(a.Samples[Banner]); got.Count != 3 || got.Max != 490*time.Microsecond {
		t.Errorf("banners %+v", got)
	}
}

func TestSaysWhatIsStrange(t *testing.T) {
	c := greeted(newTape(40000, 0))
	c.sends(300, "VRFY x\r\n")
	c.gets(310, "252 perhaps\r\n")
	c.gets(320, "421 enough\r\n")
	late := newTape(40001, 0)
	late.segments = late.segments[2:]
	late.gets(50, "250 ok\r\n")
	a := analyse(InClear, c, late)
	for _, what := range []string{"command vrfy", "reply 421 to nothing", "connection that began before the capture"} {
		if a.Strange[what] != 1 {
			t.Errorf("%q counted %d times, want once; all: %v", what, a.Strange[what], a.Strange)
		}
	}
}
