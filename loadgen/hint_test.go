package loadgen

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A server that says nothing may be waiting for TLS.
func TestSilentBanner(t *testing.T) {
	for _, tt := range []struct {
		mode    sample.TLSMode
		network string
		silent  string // the verb that has no reply
		want    string
	}{
		{sample.TLSNone, "tcp", "banner", "no banner within 5 s: the server may be waiting for TLS here: try tls: implicit"},
		{sample.TLSStart, "tcp", "banner", "no banner within 5 s: the server may be waiting for TLS here: try tls: implicit"},
		{sample.TLSNone, "unix", "banner", "no banner within 5 s"},
		{sample.TLSNone, "tcp", "ehlo", "no reply within the limit"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := plan(Load{Sessions: 1, Messages: 1})
			f := &p.Flows[0]
			f.Target.Network, f.Session.Wire.TLS, f.Target.TLS = tt.network, tt.mode, &tls.Config{}
			f.Timeouts.Command = 5 * time.Second
			rec, _ := runFake(t, p, &fakeServer{answer: map[string]string{tt.silent: "silent"}}, nil)
			if !slices.Contains(rec.examples, tt.want) || rec.failures[tt.silent+" timeout"] == 0 {
				t.Errorf("%+v: %q, %v", tt, rec.examples, rec.failures)
			}
		})
	}
}

// A server that answers a ClientHello with a banner speaks in the clear.
func TestBannerInPlaceOfTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeServer{}
		dial := func(context.Context, netdrive.Addr) (net.Conn, error) {
			client, server := net.Pipe()
			f.served.Go(func() {
				defer server.Close()
				_, _ = server.Read(make([]byte, 16<<10)) // the ClientHello
				_, _ = server.Write([]byte("220 fake ESMTP\r\n"))
				_, _ = server.Read(make([]byte, 16<<10)) // until the client is gone
			})
			return client, nil
		}
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Session.Wire.TLS, p.Flows[0].Target.TLS = sample.TLSImplicit, &tls.Config{ServerName: "fake.test"}
		rec := newTape()
		e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: func(epoch time.Time) (netdrive.Driver, error) {
			return netdrive.NewPortable(epoch, dial), nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := e.Run(ctx); err != nil {
			t.Fatal(err)
		}
		f.served.Wait()
		const want = "tls: first record does not look like a TLS handshake: the server may speak SMTP in the clear here: try tls: starttls or tls: none"
		if len(rec.examples) == 0 || rec.examples[0] != want || rec.failures["tls tls-handshake"] == 0 {
			t.Errorf("%q, %v", rec.examples, rec.failures)
		}
	})
}
