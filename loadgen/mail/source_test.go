package mail

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.FixedZone("", 3600))

func newSource(t testing.TB, o Options) *Source {
	t.Helper()
	if o.To == nil {
		o.To = []string{"bench@example.test"}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// render renders a message and checks what holds for every one. It returns the message
// as the receiver gets it.
func render(t *testing.T, s *Source, seq uint64) (string, *smtpwire.Transaction) {
	t.Helper()
	var tr smtpwire.Transaction
	s.Render(seq, noon, &tr)
	raw := string(bytes.Join(tr.Raw, nil))
	dotted := string(bytes.Join(tr.Dotted, nil))
	if got, ok := received(dotted); !ok || got != raw {
		t.Fatalf("message %d: DATA and BDAT do not say the same:\n%q\n%q", seq, dotted, raw)
	}
	if tr.Size != int64(len(raw)) {
		t.Errorf("message %d: size %d, has %d octets", seq, tr.Size, len(raw))
	}
	if strings.ContainsAny(strings.ReplaceAll(raw, "\r\n", ""), "\r\n") || !strings.HasSuffix(raw, "\r\n") {
		t.Errorf("message %d: lines do not all end in CRLF", seq)
	}
	return raw, &tr
}

// received does what a server does with DATA: it reads up to the final dot, which must
// be the end of the octets, and removes the stuffing.
func received(dotted string) (string, bool) {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(dotted, "\r\n") {
		dotted = dotted[len(line):]
		if line == ".\r\n" {
			return b.String(), dotted == ""
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	return "", false
}

func parse(t *testing.T, raw string) *netmail.Message {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHeader(t *testing.T) {
	s := newSource(t, Options{
		Seed: 5, From: "s{seq}@example.org", To: []string{"u{seq}@example.test"}, Recipients: 3,
		Header: map[string]string{"X-Run": "one", "Reply-To": "Bench <r@example.test>"},
	})
	raw, tr := render(t, s, 42)
	h := parse(t, raw).Header
	for name, want := range map[string]string{
		"Date":                      "Sat, 21 Nov 2026 12:00:00 +0100",
		"From":                      "<s42@example.org>",
		"To":                        "<u42@example.test>",
		"X-Run":                     "one",
		"Reply-To":                  "Bench <r@example.test>",
		"Mime-Version":              "1.0",
		"Content-Type":              "text/plain; charset=us-ascii",
		"Content-Transfer-Encoding": "7bit",
	} {
		if got := h[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if date, err := h.Date(); err != nil || !date.Equal(noon.Truncate(time.Second)) {
		t.Errorf("date %v, %v", date, err)
	}
	if h.Get("Subject") == "" {
		t.Error("no subject")
	}
	if tr.EightBit || tr.UTF8 || string(tr.From) != "s42@example.org" || len(tr.To) != 3 {
		t.Errorf("transaction %+v", tr)
	}
}

func TestHeaderGivenInPlaceOfOurs(t *testing.T) {
	s := newSource(t, Options{Header: map[string]string{"subject": "Ours", "From": "A <a@example.test>", "TO": "b@example.test"}})
	raw, _ := render(t, s, 1)
	h := parse(t, raw).Header
	for name, want := range map[string]string{"Subject": "Ours", "From": "A <a@example.test>", "To": "b@example.test"} {
		if got := h[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestNullReversePath(t *testing.T) {
	raw, tr := render(t, newSource(t, Options{}), 0)
	if len(tr.From) != 0 {
		t.Errorf("from %q", tr.From)
	}
	if _, err := parse(t, raw).Header.AddressList("From"); err != nil {
		t.Errorf("the header has no valid From: %v", err)
	}
}

func TestMessageID(t *testing.T) {
	seen := map[string]string{}
	for _, seed := range []uint64{1, 2, math.MaxUint64} {
		s := newSource(t, Options{Seed: seed})
		for _, seq := range []uint64{0, 1, 36, 1 << 40} {
			for _, date := range []time.Time{noon, noon.Add(1)} {
				var tr smtpwire.Transaction
				s.Render(seq, date, &tr)
				id := parse(t, string(tr.Raw[0])).Header.Get("Message-Id")
				of := fmt.Sprint(seed, seq, date)
				if other, dup := seen[id]; dup {
					t.Errorf("%s is of %s and of %s", id, other, of)
				}
				seen[id] = of
				if _, err := netmail.ParseAddress(id); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
		}
	}
}

func TestUTF8(t *testing.T) {
	s := newSource(t, Options{UTF8: true})
	raw, tr := render(t, s, 1)
	if !tr.EightBit || tr.UTF8 || isASCII(raw) || !utf8.ValidString(raw) {
		t.Errorf("eight bit %v, UTF8 %v", tr.EightBit, tr.UTF8)
	}
	h := parse(t, raw).Header
	if h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("Content-Transfer-Encoding") != "8bit" {
		t.Errorf("header %v", h)
	}
}

// If the server takes no octets over 127, text beyond ASCII is encoded, and the
// message is as large as before.
func TestUTF8IfTheServerTakesSevenBits(t *testing.T) {
	for _, attach := range [][]Attachment{nil, {{Size: 100}}} {
		s := newSource(t, Options{UTF8: true, Attach: attach})
		for seq := range uint64(300) {
			plain := smtpwire.Transaction{}
			s.Render(seq, noon, &plain)
			tr := smtpwire.Transaction{SevenBit: true}
			s.Render(seq, noon, &tr)
			raw := string(bytes.Join(tr.Raw, nil))
			if tr.EightBit || !isASCII(raw) || !isASCII(string(bytes.Join(tr.Dotted, nil))) || tr.Size != plain.Size {
				t.Fatalf("message %d: eight bit %v, ASCII %v, %d octets, want %d", seq, tr.EightBit, isASCII(raw), tr.Size, plain.Size)
			}
			if strings.Count(raw, "Content-Transfer-Encoding: quoted-printable\r\n") != 1 || strings.Contains(raw, "8bit") {
				t.Fatalf("message %d: %q", seq, raw)
			}
			text := raw[strings.Index(raw, "quoted-printable\r\n\r\n")+len("quoted-printable\r\n\r\n"):]
			if attach != nil {
				text = text[:strings.Index(text, "--=_")]
				if h := parse(t, raw).Header; h.Get("Content-Transfer-Encoding") != "7bit" {
					t.Fatalf("the whole is %q", h.Get("Content-Transfer-Encoding"))
				}
			}
			checkEncoded(t, text)
			if plain, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(text))); isASCII(plain) {
				t.Fatalf("message %d has nothing beyond ASCII", seq)
			}
		}
	}
}

// A stored message is sent as it is, and needs 8BITMIME.
func TestStoredStaysEightBit(t *testing.T) {
	s := newSource(t, Options{Files: []File{{Name: "a", Data: []byte("Subject: x\n\nä\n")}}})
	tr := smtpwire.Transaction{SevenBit: true}
	if s.Render(1, noon, &tr); !tr.EightBit {
		t.Error("octets over 127, and not said")
	}
}

// A domain beyond ASCII is sent as A-labels, so that only local parts need SMTPUTF8.
func TestDomainsBeyondASCII(t *testing.T) {
	s := newSource(t, Options{
		From:    "a{seq}@Bücher.Example",
		To:      []string{"{name}@h{1..1}.{host}.test"},
		Columns: &Table{Columns: []string{"name", "host"}, Rows: [][]string{{"anna", "straße"}, {"anna", "例え"}, {"jörg", "bücher"}, {"anna", "host"}}},
	})
	for seq, want := range []string{"anna@h1.xn--strae-oqa.test", "anna@h1.xn--r8jz45g.test", "jörg@h1.bücher.test", "anna@h1.host.test"} {
		raw, tr := render(t, s, uint64(seq))
		if string(tr.To[0]) != want || tr.UTF8 != !isASCII(want) || tr.EightBit != tr.UTF8 {
			t.Errorf("to %s, want %s: UTF8 %v, eight bit %v", tr.To[0], want, tr.UTF8, tr.EightBit)
		}
		if from := fmt.Sprintf("a%d@xn--bcher-kva.example", seq); string(tr.From) != from || !strings.Contains(raw, "From: <"+from+">") {
			t.Errorf("from %s, want %s, in %q", tr.From, from, raw)
		}
	}
}

// Postmaster is the one recipient without a domain. A header has no such address.
func TestPostmaster(t *testing.T) {
	s := newSource(t, Options{From: "a@example.test", To: []string{"Postmaster"}})
	raw, tr := render(t, s, 1)
	if string(tr.To[0]) != "Postmaster" || tr.UTF8 {
		t.Errorf("to %q, UTF8 %v", tr.To[0], tr.UTF8)
	}
	if to := parse(t, raw).Header.Get("To"); to != "Postmaster:;" {
		t.Errorf("To: %s", to)
	}
}

func TestAddressesBeyondASCII(t *testing.T) {
	s := newSource(t, Options{
		To:      []string{"{name}@example.test"},
		Columns: &Table{Columns: []string{"name"}, Rows: [][]string{{"jörg"}, {"anna"}}},
	})
	for seq, want := range []bool{true, false, true} {
		if _, tr := render(t, s, uint64(seq)); tr.UTF8 != want || tr.EightBit != want {
			t.Errorf("message to %s: UTF8 %v, eight bit %v", tr.To[0], tr.UTF8, tr.EightBit)
		}
	}
}

func TestRecipientsTakePatternsInTurn(t *testing.T) {
	s := newSource(t, Options{To: []string{"a@x.test", "b@x.test", "{c}@x.test"}, Recipients: 2,
		Columns: &Table{Columns: []string{"c"}, Rows: [][]string{{"r0"}, {"r1"}}}})
	var got []string
	for seq := range uint64(4) {
		_, tr := render(t, s, seq)
		got = append(got, string(bytes.Join(tr.To, []byte(" "))))
	}
	want := []string{"a@x.test b@x.test", "b@x.test r1@x.test", "r0@x.test a@x.test", "a@x.test b@x.test"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSameSeedSameMail(t *testing.T) {
	o := Options{Seed: 8, From: "{1..9}@a.test", Size: Size{Median: 1000, P99: 5000}, Attach: []Attachment{{Size: 99}}}
	one, two := newSource(t, o), newSource(t, o)
	o.Seed = 9
	other := newSource(t, o)
	for seq := range uint64(20) {
		a, _ := render(t, one, seq)
		render(t, two, 19-seq) // out of order
		if b, _ := render(t, two, seq); a != b {
			t.Errorf("message %d is another the second time", seq)
		}
		if b, _ := render(t, other, seq); a == b {
			t.Errorf("message %d is the same with another seed", seq)
		}
	}
}

// One transaction can serve sources of all kinds in turn, and none writes over what
// the sources share.
func TestTransactionReused(t *testing.T) {
	sources := []*Source{
		newSource(t, Options{Size: Size{Median: 900_000}, To: []string{"{seq}@long.example.test"}, Recipients: 5}),
		newSource(t, Options{Files: []File{{Name: "a", Data: []byte("Subject: x\n\n.dot\n")}, {Name: "b", Data: []byte("y\n")}}}),
		newSource(t, Options{UTF8: true, Attach: []Attachment{{Size: 10}}}),
	}
	var tr smtpwire.Transaction
	for seq := range uint64(30) {
		s := sources[seq%3]
		want, fresh := render(t, s, seq)
		s.Render(seq, noon, &tr)
		if string(bytes.Join(tr.Raw, nil)) != want || tr.Size != fresh.Size || tr.EightBit != fresh.EightBit || len(tr.To) != len(fresh.To) {
			t.Fatalf("message %d comes out another in a transaction used before", seq)
		}
		if got, ok := received(string(bytes.Join(tr.Dotted, nil))); !ok || got != want {
			t.Fatalf("message %d comes out another in a transaction used before, dotted", seq)
		}
	}
}

func TestRenderConcurrently(t *testing.T) {
	s := newSource(t, Options{Seed: 1, To: []string{"u{1..500}@example.test"}, Size: Size{Median: 1000, P99: 9000}})
	want := make([]string, 100)
	for seq := range want {
		want[seq], _ = render(t, s, uint64(seq))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var tr smtpwire.Transaction
			for seq := range want {
				s.Render(uint64(seq), noon, &tr)
				if string(bytes.Join(tr.Raw, nil)) != want[seq] {
					t.Errorf("message %d comes out another", seq)
				}
			}
		})
	}
	wg.Wait()
}

func TestRenderDoesNotAllocate(t *testing.T) {
	s := newSource(t, Options{From: "s{seq}@example.org", To: []string{"user{1..5000}@example.test"}, Recipients: 3, Size: Size{Median: 4096, P99: 40_000}})
	var tr smtpwire.Transaction
	seq := uint64(1) << 40
	if n := testing.AllocsPerRun(1000, func() { s.Render(seq, noon, &tr); seq++ }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}
